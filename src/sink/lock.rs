//! The lock that keeps two runs out of one output folder.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::SinkError;

/// Name of the lock file. It stays behind: to remove it could let two runs lock two files of the same name.
const LOCK_NAME: &str = ".lock";

/// The lock on an output folder, let go when dropped, and by the system when the process dies.
#[derive(Debug)]
pub(super) struct FolderLock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl FolderLock {
    /// Takes the lock without waiting.
    ///
    /// # Errors
    /// [`SinkError::Locked`] when another run holds it; else when the file can't be opened or locked.
    pub(super) fn take(folder: &Path) -> Result<Self, SinkError> {
        let path = folder.join(LOCK_NAME);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|source| SinkError::io("open", &path, source))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let read = file.read_to_string(&mut text);
                let holder = read.is_ok().then(|| text.trim().to_owned()).filter(|text| !text.is_empty());
                return Err(SinkError::Locked { path, holder });
            }
            Err(errno) => return Err(SinkError::io("lock", &path, errno.into())),
        }
        let emptied = file.set_len(0).and_then(|()| file.rewind());
        let noted = emptied.and_then(|()| writeln!(file, "{}", std::process::id()));
        noted.map_err(|source| SinkError::io("write", &path, source))?;
        Ok(Self(file))
    }
}
