//! Names of visits and patients that say nothing of either: a keyed hash, so that nobody without
//! the key can try record numbers one by one.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How visits and patients are named in the logs.
#[derive(Clone)]
pub enum Ids {
    /// By a hash under this key.
    Keyed(Vec<u8>),
    /// As the other system names them.
    Kept,
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Ids::Keyed(_) => "Keyed(..)",
            Ids::Kept => "Kept",
        })
    }
}

/// A shorter key could be tried out.
const LEAST_KEY: usize = 16;

impl Ids {
    /// Takes the key from a file's bytes; blanks and new lines around it do not count.
    ///
    /// # Errors
    /// Where it is too short to keep a secret.
    pub fn from_key(bytes: &[u8]) -> Result<Ids, String> {
        let key = bytes.trim_ascii();
        if key.len() < LEAST_KEY {
            return Err(format!(
                "the key has {} bytes, and needs {LEAST_KEY} or more: make one with `head -c 32 /dev/urandom | base64 > key`",
                key.len()
            ));
        }
        Ok(Ids::Keyed(key.to_vec()))
    }

    /// A key of this run alone.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn random() -> Result<Ids, String> {
        let mut key = vec![0; 32];
        getrandom::fill(&mut key).map_err(|problem| format!("no random key could be had: {problem}"))?;
        Ok(Ids::Keyed(key))
    }

    /// A name for `what` ("e" for a visit, "p" for a patient) that is `written` there.
    pub(super) fn name(&self, what: &str, written: &str) -> String {
        match self {
            Ids::Kept => written.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or(written).to_owned(),
            Ids::Keyed(key) => {
                const SHOWN: usize = 8;
                let mut hash = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of any length will do");
                hash.update(what.as_bytes());
                hash.update(&[0]);
                hash.update(written.as_bytes());
                let digits: String = hash.finalize().into_bytes().iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
                format!("{what}-{digits}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_gives_one_name_and_another_key_another() {
        let (one, two) = (Ids::from_key(b"0123456789abcdef\n").expect("a key"), Ids::from_key(b"0123456789abcdeg").expect("a key"));
        assert_eq!(one.name("p", "Patient/1"), Ids::from_key(b"0123456789abcdef").expect("a key").name("p", "Patient/1"));
        assert_ne!(one.name("p", "Patient/1"), two.name("p", "Patient/1"));
        assert_ne!(one.name("p", "x"), one.name("e", "x"));
        assert!(Ids::from_key(b"short").is_err());
        assert_eq!(Ids::Kept.name("e", "https://a.example/Encounter/77"), "77");
    }
}
