//! Laws of all analyses of journeys together.

use super::*;
use crate::numerics::surveys::inference::Confidence;

/// Whole numbers without a pattern.
fn draw(number: u64) -> u64 {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^ (state >> 27)
}

/// Thousands of customers with up to 19 events of five states, the last of which is a purchase.
fn events(customers: u64) -> (Vec<usize>, Vec<u32>, Vec<i64>) {
    let (mut offsets, mut states, mut seconds) = (vec![0], Vec::new(), Vec::new());
    for customer in 0..customers {
        for event in 0..draw(customer) % 20 {
            states.push((draw(customer * 32 + event) >> 20) as u32 % 5);
            seconds.push(event as i64 * 500_000);
        }
        offsets.push(states.len());
    }
    (offsets, states, seconds)
}

#[test]
fn threads_change_nothing() {
    let (offsets, states, seconds) = events(9_000);
    let kinds = [false, false, false, false, true];
    let journeys = Journeys::new(&offsets, &states, &seconds, &kinds, 20_000_000).unwrap();
    let values: Vec<i64> = (0..states.len() as u64).map(|event| (draw(event) % 9_999) as i64).collect();
    let silent: Vec<bool> = (0..9_000).map(|customer| draw(customer).is_multiple_of(3)).collect();
    let groups: Vec<Option<Group>> = (0..9_000)
        .map(|customer| [Some(Group::A), Some(Group::B), None][(draw(customer + 7) >> 9) as usize % 3])
        .collect();
    let confidence = Confidence::default();
    let all = || {
        let options = PathOptions { silence_days: 60.0, ..PathOptions::default() };
        let paths = |before| paths_before(&journeys, before, options, confidence).unwrap();
        (
            transitions(&journeys, &silent).unwrap(),
            funnel(&journeys, &[vec![0, 1], vec![2], vec![4]], Some(30.0), confidence).unwrap(),
            [Before::FirstConversion, Before::RepeatConversion, Before::Silence].map(paths),
            attribute(&journeys, &values, AttributionOptions::default()).unwrap(),
            compare(&journeys, &groups, &silent, confidence).unwrap(),
        )
    };
    let with = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(all);
    assert_eq!(with(1), with(3));
}

#[test]
fn a_planted_path_to_silence_has_the_highest_lift() {
    // Of 4,000 purchases followed by touchpoints 1 and 2, 9 of 10 are the last; of 16,000 followed by 0 or nothing, 1 of 10.
    let (mut offsets, mut states, mut days) = (vec![0], Vec::new(), Vec::new());
    for customer in 0..20_000_u64 {
        let leaves = draw(customer) >> 11;
        let path: &[u32] = match customer % 5 {
            0 => &[1, 2],
            1 => &[0],
            _ => &[],
        };
        states.push(4);
        states.extend(path);
        days.extend((0..=path.len()).map(|step| 3 * step as i64));
        if leaves.is_multiple_of(10) == (path.len() == 2) {
            states.push(4);
            days.push(80);
        }
        offsets.push(states.len());
    }
    let seconds: Vec<i64> = days.iter().map(|day| day * 86_400).collect();
    let kinds = [false, false, false, false, true];
    let journeys = Journeys::new(&offsets, &states, &seconds, &kinds, 200 * 86_400).unwrap();
    let found = paths_before(&journeys, Before::Silence, PathOptions::default(), Confidence::default()).unwrap();
    let best =
        found.paths.iter().max_by(|a, b| a.case_rate.unwrap().share.total_cmp(&b.case_rate.unwrap().share)).unwrap();
    assert_eq!(best.path, [1, 2]);
    let rate = best.case_rate.unwrap();
    assert!(rate.lower < 0.9 && rate.upper > 0.9, "{rate:?}");
    assert!(best.lift.unwrap().lower > 10.0, "{best:?}");
    assert!(found.paths.iter().filter(|row| row.path != [1, 2]).all(|row| row.lift.unwrap().upper < 1.0), "{found:?}");
}
