//! Pure numerics over slices and scalars: no files, frames, configuration, clock or global random state.

pub mod accuracy;
pub mod allocation;
pub mod btyd;
pub mod classify;
pub mod clusters;
pub mod experiments;
pub mod concentration;
pub mod journeys;
pub mod lifecycle;
pub mod optimize;
pub mod patterns;
pub mod pooling;
pub mod recommend;
pub mod rfm_segments;
pub mod scores;
pub mod special;
pub mod surveys;
pub mod uplift;
