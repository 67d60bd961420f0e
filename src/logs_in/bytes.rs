//! A file as it comes, packed by gzip or not.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

/// A file that is to be read.
#[derive(Debug, Clone)]
pub struct File {
    /// How it is named when something is told of it.
    pub name: Arc<str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a small packed file may swell to is bounded, or one could fill the memory.
const LARGEST: u64 = 4 << 30;

impl File {
    /// Takes a file's name and bytes.
    #[must_use]
    pub fn new(name: &str, bytes: Vec<u8>) -> File {
        File { name: name.into(), bytes }
    }

    /// The bytes unpacked, and what went wrong on the way: what came before that is kept.
    pub(super) fn unpacked(&self) -> (Cow<'_, [u8]>, Option<String>) {
        if !self.bytes.starts_with(&GZIP) {
            return (Cow::Borrowed(without_mark(&self.bytes)), None);
        }
        let mut bytes = Vec::new();
        let problem = match MultiGzDecoder::new(self.bytes.as_slice()).take(LARGEST).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 == LARGEST => Some("the unpacked file is larger than 4 GiB: the rest is not read".to_owned()),
            Ok(_) => None,
            Err(problem) => Some(format!("the gzip data break off or are damaged ({problem}): what comes before that is read")),
        };
        let unmarked = without_mark(&bytes).to_vec();
        (Cow::Owned(unmarked), problem)
    }
}

/// Without the mark that some programs put in front of UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
