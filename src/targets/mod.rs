//! Who is contacted.

pub mod lists;
