//! The past days at which customers are looked at.

/// The days, the newest first: each leaves a whole horizon until the one after it, and as much before it as a customer must
/// be known for. Empty when the log is too short for a single one.
pub(super) fn cuts(as_of: i32, first_day: i32, horizon_days: i32, min_tenure_days: i32, most: u32) -> Vec<i32> {
    let days = (1..=most as i32).map(|number| as_of.saturating_sub(horizon_days.saturating_mul(number)));
    days.take_while(|cut| *cut >= first_day.saturating_add(min_tenure_days)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_leaves_a_whole_horizon() {
        assert_eq!(cuts(1000, 0, 90, 30, 4), [910, 820, 730, 640]);
        assert_eq!(cuts(1000, 700, 90, 30, 4), [910, 820, 730]);
        assert_eq!(cuts(100, 0, 90, 30, 4), [0_i32; 0]);
        assert_eq!(cuts(120, 0, 90, 30, 4), [30]);
        assert_eq!(cuts(i32::MIN, 0, 90, 30, 2), [0_i32; 0]);
    }
}
