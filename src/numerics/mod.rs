//! Pure numerics over slices and scalars: no files, frames, configuration, clock or global random state.

pub mod accuracy;
pub mod btyd;
pub mod clusters;
pub mod journeys;
pub mod lifecycle;
pub mod optimize;
pub mod patterns;
pub mod rfm_segments;
pub mod scores;
pub mod special;
pub mod surveys;
