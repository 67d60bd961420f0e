//! The log's file: read under a lock, replaced whole or not at all.
//!
//! A new text goes to a file beside the log, is synced to disk and then takes the log's name: a kill or
//! a power cut leaves the old text or the new one. The log itself is locked, so that a second writer
//! waits and then reads what the first has written.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for another writer: each takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// A log that no other command writes to meanwhile.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    /// Keeps the lock.
    _lock: File,
    bytes: Vec<u8>,
}

impl Held {
    /// Waits for the log and reads it. A symbolic link is followed: the file that it leads to is written.
    ///
    /// # Errors
    /// Where it cannot be read, may not be written to, or another writer holds on to it.
    pub fn take(path: &Path) -> io::Result<Held> {
        let path = fs::canonicalize(path)?;
        if !fs::metadata(&path)?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is no file"));
        }
        let tried = Instant::now();
        loop {
            let file = OpenOptions::new().read(true).write(true).open(lock_of(&path))?;
            match file.try_lock() {
                // Whoever held the lock may have put a new file in its place.
                Ok(()) if is_still(&file, &path)? => {
                    let bytes = fs::read(&path)?;
                    return Ok(Held { path, _lock: file, bytes });
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) if tried.elapsed() < PATIENCE => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::new(ErrorKind::WouldBlock, "another program holds on to it; try again"));
                }
                Err(TryLockError::Error(problem)) => return Err(problem),
            }
        }
    }

    /// The file's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Puts a new text in the place of the old one.
    ///
    /// # Errors
    /// Where it cannot be written: then the old text stands. Where an editor, which knows of no lock, has
    /// saved the file meanwhile.
    pub fn replace(self, text: &str) -> io::Result<()> {
        let beside = beside(&self.path);
        let written = write_new(&beside, text.as_bytes(), Some(&self.path)).and_then(|()| {
            if fs::read(&self.path)? != self.bytes {
                return Err(io::Error::other("it was changed by another program meanwhile; try again"));
            }
            fs::rename(&beside, &self.path)
        });
        if let Err(problem) = written {
            let _ = fs::remove_file(&beside);
            return Err(problem);
        }
        sync_folder(&self.path)
    }
}

/// Makes a new file of a text; one that is there already stays as it is.
///
/// # Errors
/// Where there is one already, or it cannot be written.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    // Another command may be making the same file, so each has its own beside it.
    let mine = format!("{}-{}", beside(path).display(), std::process::id());
    let beside = PathBuf::from(mine);
    let made = write_new(&beside, text.as_bytes(), None).and_then(|()| match fs::hard_link(&beside, path) {
        Err(problem) if matches!(problem.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
            let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        }
        linked => linked,
    });
    let _ = fs::remove_file(&beside);
    made?;
    sync_folder(path)
}

/// Writes a file to the disk, with the owner and the permissions of another one.
fn write_new(path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
    // What a killed writer left; only who holds the lock comes here. A file that is there is never
    // opened, wherever it may lead.
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != ErrorKind::NotFound => return Err(problem),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    if let Some(like) = like {
        let old = fs::metadata(like)?;
        keep_owner(&file, &old);
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// The hidden name of the file that takes a log's place; it ends otherwise than a log.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.hangtime"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a new name last through a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder_of(path)).and_then(|folder| folder.sync_all()) {
        // Some network folders cannot be synced: the name stands all the same.
        Err(problem) if matches!(problem.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied) => Ok(()),
        done => done,
    }
}

/// What is locked: the log itself.
#[cfg(unix)]
fn lock_of(path: &Path) -> PathBuf {
    path.to_owned()
}

/// What is locked: a file beside the log, since a locked one could not be read or replaced.
#[cfg(not(unix))]
fn lock_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let lock = path.with_file_name(format!(".{name}.lock"));
    let _ = OpenOptions::new().create(true).append(true).open(&lock);
    lock
}

/// Whether the path still leads to the file that was opened.
#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (opened, there) = (file.metadata()?, fs::metadata(path)?);
    Ok((opened.dev(), opened.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_still(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// A log that a supervisor corrects stays the nurse's. Where the system does not allow it, the writer owns it.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    if let Ok(new) = file.metadata()
        && (new.uid(), new.gid()) != (old.uid(), old.gid())
        && fchown(file, Some(old.uid()), Some(old.gid())).is_err()
    {
        let _ = fchown(file, None, Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &fs::Metadata) {}

/// A file's bytes, without waiting for who may write to it: a replaced file is always whole.
///
/// # Errors
/// Where it cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}
