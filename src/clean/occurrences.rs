//! Which of several equal lines of a file one is, so that files whose windows overlap can be told from equal sales.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashMap;

/// How often each content was met in the file that is read.
#[derive(Debug, Default)]
pub(super) struct Occurrences {
    file: usize,
    met: HashMap<u64, u32>,
}

impl Occurrences {
    /// A number for this occurrence of a content in a file: the same for the n-th occurrence in each file.
    pub(super) fn number(&mut self, content: u64, file: usize) -> u64 {
        if self.file != file {
            self.file = file;
            self.met.clear();
        }
        let count = self.met.entry(content).or_default();
        *count += 1;
        FixedState::default().hash_one((content, *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_occurrence_is_the_same_in_every_file() {
        let mut occurrences = Occurrences::default();
        let first = [occurrences.number(7, 0), occurrences.number(7, 0), occurrences.number(8, 0)];
        let second = [occurrences.number(7, 1), occurrences.number(8, 1), occurrences.number(7, 1)];
        assert_eq!([first[0], first[1], first[2]], [second[0], second[2], second[1]]);
        assert_ne!(first[0], first[1]);
    }
}
