//! A run becomes visible whole, by one rename.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::SinkError;
use super::folders::{
    building_folder, is_day, point_latest, published_days, put_in_place, remove, remove_leftovers, run_folder, sync,
    sync_tree,
};
use super::lock::FolderLock;

/// Spill space inside the building folder.
const SCRATCH: &str = ".scratch";

/// A run being made: the lock on the output folder, and a hidden folder in it.
///
/// Dropped without [`Publication::commit`], it removes the hidden folder and leaves what was published as it was.
#[derive(Debug)]
pub struct Publication {
    out: PathBuf,
    building: PathBuf,
    is_open: bool,
    _lock: FolderLock,
}

/// A run that readers see.
#[derive(Debug)]
pub struct Published {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it took the place of an earlier run of the same day.
    pub replaced: bool,
    /// What became of `OUT/latest`.
    pub latest: Latest,
}

/// Where `OUT/latest` points after a run was published.
#[derive(Debug)]
pub enum Latest {
    /// At this run.
    ThisRun,
    /// At the run of a later day: this one was of an earlier night.
    LaterRun {
        /// That later day.
        as_of: String,
    },
    /// Where it pointed before, or nowhere: the link can't be made here. The run itself is published.
    NotMoved(SinkError),
}

impl Publication {
    /// Locks the output folder, which is made when it isn't there, clears it of what killed runs left, and makes the
    /// hidden folder for a run. Its day is named when it is published: it may depend on what the run reads.
    ///
    /// # Errors
    /// [`SinkError::Locked`] when another run is at work in the folder; else when the folder can't be made or written
    /// to.
    pub fn begin(out: &Path) -> Result<Self, SinkError> {
        fs::create_dir_all(out).map_err(|source| SinkError::io("create the folder", out, source))?;
        let lock = FolderLock::take(out)?;
        remove_leftovers(out)?;
        let building = building_folder(out);
        fs::create_dir(&building).map_err(|source| SinkError::io("create the folder", &building, source))?;
        Ok(Self { out: out.to_owned(), building, is_open: true, _lock: lock })
    }

    /// The hidden folder that the run's files go into.
    pub fn dir(&self) -> &Path {
        &self.building
    }

    /// A folder for temporary files, on the same disk; it is removed before the run is published.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn scratch_dir(&self) -> Result<PathBuf, SinkError> {
        let scratch = self.building.join(SCRATCH);
        fs::create_dir_all(&scratch).map_err(|source| SinkError::io("create the folder", &scratch, source))?;
        Ok(scratch)
    }

    /// Waits until all files of the run are on the disk, then makes them visible as `OUT/as_of=AS_OF` in one step, in
    /// place of an earlier run of that day, and points `OUT/latest` at the newest day.
    ///
    /// # Errors
    /// [`SinkError::NotADate`]; else when the files can't be put on the disk or the folder can't be moved; then what was published before is as it
    /// was. A link that can't be made is no error, see [`Latest::NotMoved`].
    pub fn commit(mut self, as_of: &str) -> Result<Published, SinkError> {
        if !is_day(as_of) {
            return Err(SinkError::NotADate { text: as_of.to_owned() });
        }
        let scratch = self.building.join(SCRATCH);
        if scratch.exists() {
            remove(&scratch).map_err(|source| SinkError::io("remove", &scratch, source))?;
        }
        sync_tree(&self.building)?;
        let folder = run_folder(&self.out, as_of);
        let old = put_in_place(&self.building, &folder).map_err(|source| SinkError::io("publish", &folder, source))?;
        self.is_open = false;
        sync(&self.out)?;
        let latest = self.update_latest(as_of).unwrap_or_else(Latest::NotMoved);
        if let Some(old) = &old {
            // what stays of it is hidden, and the next run removes it
            let _ = remove(old);
        }
        Ok(Published { folder, replaced: old.is_some(), latest })
    }

    /// `latest` points at the newest day there is, so that a run of an earlier night doesn't move it back.
    fn update_latest(&self, as_of: &str) -> Result<Latest, SinkError> {
        let days = published_days(&self.out).map_err(|source| SinkError::io("list", &self.out, source))?;
        let newest = days.into_iter().next_back().unwrap_or_else(|| as_of.to_owned());
        point_latest(&self.out, &newest)?;
        sync(&self.out)?;
        Ok(if newest == as_of { Latest::ThisRun } else { Latest::LaterRun { as_of: newest } })
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        if self.is_open {
            // a folder that can't be removed now is hidden, and the next run removes it
            let _ = remove(&self.building);
        }
    }
}
