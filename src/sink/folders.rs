//! The folders of an output: their names, and the system calls that move them.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::error::SinkError;
use crate::table::parse_day;

/// What the name of a published run starts with.
const RUN_PREFIX: &str = "as_of=";

/// The run being made.
const BUILDING: &str = ".building";

/// What the name of a run being replaced starts with, where the file system has no exchange.
const REPLACED_PREFIX: &str = ".replaced-";

/// The link to the newest run under its temporary name.
const NEW_LINK: &str = ".latest-new";

/// The link to the newest run.
const LATEST: &str = "latest";

/// The folder of a published run.
pub(super) fn run_folder(out: &Path, as_of: &str) -> PathBuf {
    out.join(format!("{RUN_PREFIX}{as_of}"))
}

/// The hidden folder of a run being made.
pub(super) fn building_folder(out: &Path) -> PathBuf {
    out.join(BUILDING)
}

/// The days of the published runs, oldest first.
pub(super) fn published_days(out: &Path) -> io::Result<Vec<String>> {
    let mut days = Vec::new();
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(day) = name.to_str().and_then(|name| name.strip_prefix(RUN_PREFIX)) else { continue };
        if is_day(day) && entry.path().is_dir() {
            days.push(day.to_owned());
        }
    }
    days.sort_unstable();
    Ok(days)
}

/// Whether a text is a date of the form 2026-11-24, whose order as text is that of the days.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && parse_day(text).is_some()
}

/// Tidies up after runs that were killed: puts back a run that was being replaced when its place is empty, and removes
/// what is left of building.
pub(super) fn remove_leftovers(out: &Path) -> Result<(), SinkError> {
    let listed = fs::read_dir(out).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    for entry in listed.map_err(|source| SinkError::io("list", out, source))? {
        let path = entry.path();
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(run) = name.strip_prefix(REPLACED_PREFIX) {
            let place = out.join(run);
            if !place.exists() {
                fs::rename(&path, &place).map_err(|source| SinkError::io("put back", &place, source))?;
                continue;
            }
        }
        if name.starts_with(REPLACED_PREFIX) || name == BUILDING || name == NEW_LINK {
            remove(&path).map_err(|source| SinkError::io("remove", &path, source))?;
        }
    }
    Ok(())
}

/// Removes a folder, a file or a link, whichever it is.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let is_folder = fs::symlink_metadata(path)?.is_dir();
    if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Waits until a folder, all its files and the folders in it are on the disk.
pub(super) fn sync_tree(folder: &Path) -> Result<(), SinkError> {
    let failed = |source| SinkError::io("write", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            sync_tree(&entry.path())?;
        } else if kind.is_file() {
            sync(&entry.path())?;
        }
    }
    sync(folder)
}

/// Waits until one file, or the names in one folder, are on the disk.
pub(super) fn sync(path: &Path) -> Result<(), SinkError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|source| SinkError::io("write", path, source))
}

/// Moves `built` to `place`; says where the folder is now that was there before.
///
/// Where nothing stands at `place`, this is one rename; else one exchange: at no moment is there no run, or half a run,
/// at `place`. A file system without exchange (some network file systems) gets two renames: between them, for some
/// microseconds, nothing stands at `place`; a process killed just there leaves both runs whole under hidden names,
/// and the next run puts the old one back before it does anything else.
pub(super) fn put_in_place(built: &Path, place: &Path) -> io::Result<Option<PathBuf>> {
    if fs::symlink_metadata(place).is_err() {
        fs::rename(built, place)?;
        return Ok(None);
    }
    match renameat_with(CWD, built, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Some(built.to_owned())),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => replace_in_two_steps(built, place).map(Some),
        Err(errno) => Err(errno.into()),
    }
}

/// The way round for file systems without exchange.
pub(super) fn replace_in_two_steps(built: &Path, place: &Path) -> io::Result<PathBuf> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let aside = place.with_file_name(format!("{REPLACED_PREFIX}{name}"));
    fs::rename(place, &aside)?;
    if let Err(source) = fs::rename(built, place) {
        fs::rename(&aside, place)?;
        return Err(source);
    }
    Ok(aside)
}

/// Points `OUT/latest` at the run of a day: a relative link, made under another name and renamed over the old one.
pub(super) fn point_latest(out: &Path, day: &str) -> Result<(), SinkError> {
    let link = out.join(LATEST);
    if fs::symlink_metadata(&link).is_ok_and(|found| !found.is_symlink()) {
        return Err(SinkError::LatestIsNoLink { path: link });
    }
    let new = out.join(NEW_LINK);
    let made = symlink(format!("{RUN_PREFIX}{day}"), &new).and_then(|()| fs::rename(&new, &link));
    made.map_err(|source| SinkError::io("link", &link, source))
}
