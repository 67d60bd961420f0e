//! A stream that may be packed by gzip, told by its first two bytes.

use std::io::{self, BufReader, Chain, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The first bytes again, and what follows.
type Again = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// Gives the bytes of a stream unpacked. Nothing is read before it is asked for.
pub struct Unpacked(State);

enum State {
    New(Box<dyn Read + Send>),
    Plain(Again),
    Packed(Box<MultiGzDecoder<BufReader<Again>>>),
}

impl Unpacked {
    /// Takes a stream that may be packed.
    #[must_use]
    pub fn new(read: impl Read + Send + 'static) -> Self {
        Unpacked(State::New(Box::new(read)))
    }

    fn open(read: &mut Box<dyn Read + Send>) -> io::Result<State> {
        let mut first = Vec::with_capacity(GZIP.len());
        while first.len() < GZIP.len() {
            let mut byte = [0];
            match read.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => first.push(byte[0]),
                Err(problem) if problem.kind() == ErrorKind::Interrupted => {}
                Err(problem) => return Err(problem),
            }
        }
        let is_packed = first == GZIP;
        let again = Cursor::new(first).chain(std::mem::replace(read, Box::new(io::empty())));
        Ok(match is_packed {
            true => State::Packed(Box::new(MultiGzDecoder::new(BufReader::new(again)))),
            false => State::Plain(again),
        })
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let State::New(read) = &mut self.0 {
            self.0 = Self::open(read)?;
        }
        match &mut self.0 {
            State::New(_) => Ok(0),
            State::Plain(read) => read.read(into),
            State::Packed(read) => read
                .read(into)
                .map_err(|problem| io::Error::new(problem.kind(), format!("the gzip data break off or are damaged ({problem})"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn packed_or_not_the_same_bytes_come() {
        let text = b"{\"id\": 1}\n".repeat(1000);
        let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        pack.write_all(&text).expect("memory");
        let packed = pack.finish().expect("memory");
        for (bytes, unpacked) in [
            (text.clone(), text.clone()),
            ([packed.clone(), packed.clone()].concat(), text.repeat(2)),
            (vec![0x1f], vec![0x1f]),
            (vec![], vec![]),
        ] {
            let mut all = Vec::new();
            Unpacked::new(Cursor::new(bytes)).read_to_end(&mut all).expect("it is sound");
            assert_eq!(all, unpacked);
        }
        let cut = packed[..packed.len() / 2].to_vec();
        assert!(Unpacked::new(Cursor::new(cut)).read_to_end(&mut Vec::new()).is_err());
    }
}
