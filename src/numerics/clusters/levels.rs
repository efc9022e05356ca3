//! Which category levels a cluster holds more or less of than everyone.

use super::points::to_f64;
use super::{Assignment, CategoryCoding};

/// A level must be that of at least this share of the members to name them.
const NAMING_SHARE: f64 = 0.5;

/// A level must be this many times as frequent as among everyone to name them.
const NAMING_LIFT: f64 = 1.2;

/// Levels that say nothing without the name of their category.
const BARE_LEVELS: [&str; 8] = ["yes", "no", "true", "false", "y", "n", super::OTHER, super::MISSING];

/// One category level over the members of a cluster.
///
/// # Formula
///
/// ```text
/// lift = q / p,   deviation = (q − p) / √(p (1 − p))
/// ```
///
/// where the level has the share `q` of the members and `p` of everyone
/// placed. The deviation is that of the standardised indicator, so it compares
/// with the deviations of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelProfile {
    /// Name of the category column.
    pub category: String,
    /// Name of the level.
    pub level: String,
    /// Share of the members with the level, 0..1.
    pub share: f64,
    /// That share over the share of everyone placed; above 1 the level is
    /// over-represented.
    pub lift: f64,
    /// Difference of the shares in standard deviations of the indicator; 0 if
    /// everyone has the level.
    pub deviation: f64,
}

impl LevelProfile {
    /// The words that say of a cluster that most members have this level, more
    /// than of everyone; nothing unless it is so.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        if self.share < NAMING_SHARE || self.lift < NAMING_LIFT {
            return None;
        }
        let level = self.level.to_lowercase();
        let bare = BARE_LEVELS.contains(&level.as_str()) || !level.chars().any(char::is_alphabetic);
        Some(if bare { format!("{} {}", self.category, self.level) } else { self.level.clone() })
    }
}

/// Describes the levels of every cluster: one list per cluster, category after
/// category.
///
/// `levels` holds the level of every placed row per category.
pub(super) fn level_profiles(
    codings: &[CategoryCoding],
    levels: &[Vec<Option<u16>>],
    assignment: &Assignment,
) -> Vec<Vec<LevelProfile>> {
    let mut profiles = vec![Vec::new(); assignment.sizes.len()];
    for (coding, levels) in codings.iter().zip(levels) {
        let mut counts = vec![vec![0_usize; coding.width()]; assignment.sizes.len()];
        for (&label, &level) in assignment.labels.iter().zip(levels) {
            if let Some(level) = level {
                counts[usize::from(label)][usize::from(level)] += 1;
            }
        }
        for ((profile, counts), &size) in profiles.iter_mut().zip(&counts).zip(&assignment.sizes) {
            let described = coding.levels.iter().zip(counts).map(|(level, &count)| {
                let (share, everyone) = (to_f64(count) / to_f64(size.max(1)), level.share);
                let sd = (everyone * (1.0 - everyone)).sqrt();
                LevelProfile {
                    category: coding.name.clone(),
                    level: level.name.clone(),
                    share,
                    lift: share / everyone,
                    deviation: if sd > 0.0 { (share - everyone) / sd } else { 0.0 },
                }
            });
            profile.extend(described);
        }
    }
    profiles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(name: &str, share: f64, lift: f64) -> LevelProfile {
        LevelProfile { category: "opted in".into(), level: name.into(), share, lift, deviation: 1.0 }
    }

    #[test]
    fn only_levels_that_most_members_have_make_words() {
        assert_eq!(level("web", 0.8, 1.6).words().as_deref(), Some("web"));
        assert_eq!(level("web", 0.4, 4.0).words(), None);
        assert_eq!(level("web", 0.9, 1.1).words(), None);
        assert_eq!(level("Yes", 0.9, 1.5).words().as_deref(), Some("opted in Yes"));
        assert_eq!(level("2024", 0.9, 1.5).words().as_deref(), Some("opted in 2024"));
    }
}
