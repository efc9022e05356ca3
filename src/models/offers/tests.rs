//! Purchases before and after the split, and what may be offered again.

use super::histories::{History, NEVER, Pair, When};
use super::models::{Candidate, Train};
use super::options::ModelChoice;

fn history() -> History {
    let mut history = History::with_room([0; 3]);
    let days = |item: u32, days: &[i32]| Pair::of(&days.iter().map(|day| (item, *day)).collect::<Vec<_>>(), 100);
    history.add(&[days(0, &[10, 50, 120]), days(2, &[90])], &[], &[]);
    history.end_customer();
    history.end_customer();
    history.add(&[days(2, &[101]), days(3, &[20, 30])], &[], &[]);
    history.end_customer();
    history
}

#[test]
fn purchases_are_told_apart_at_the_cut() {
    let history = history();
    assert_eq!(history.customers(), 3);
    assert!(history.of(1).is_empty());
    let own = history.of(0);
    assert_eq!((own[0].held(When::Cut), own[0].held(When::Now)), (Some((50, 2)), Some((120, 3))));
    assert_eq!((own[0].is_bought_after(), own[1].is_bought_after()), (true, false));
    let other = history.of(2)[0];
    assert_eq!((other.held(When::Cut), other.held(When::Now)), (None, Some((101, 1))));
    assert_ne!(NEVER, 0);
}

#[test]
fn training_sees_nothing_after_its_day() {
    let history = history();
    let train = Train::new(&history, 5, When::Cut, 100, 1).unwrap();
    assert_eq!(train.items, [0, 2, 3]);
    assert_eq!((train.number(2), train.number(1)), (Some(1), None));
    assert_eq!((train.holdings.of(0), train.holdings.of(2)), (&[0, 1][..], &[2][..]));
    let now = Train::new(&history, 5, When::Now, 130, 2).unwrap();
    assert_eq!(now.items, [2], "bought by two");
}

#[test]
fn who_bought_often_is_likelier_to_go_on() {
    let history = history();
    let train = Train::new(&history, 5, When::Now, 130, 1).unwrap();
    let again = train.again(0, |_, age| age >= 10);
    assert_eq!(again.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [0, 1]);
    assert!(again[0].1 > again[1].1 && again[0].1 < 1.0, "{again:?}");
    assert_eq!(train.again(0, |_, age| age > 10).len(), 1, "the other was bought ten days ago");
    assert!(train.again(1, |_, _| true).is_empty());
}

#[test]
fn the_baselines_are_always_measured() {
    for choice in [ModelChoice::Auto, ModelChoice::Rules, ModelChoice::Popularity] {
        let candidates = Candidate::of(choice);
        assert_eq!(candidates[..2], [Candidate::Popularity, Candidate::RecentPopularity]);
        assert!(candidates.iter().any(|candidate| candidate.fits(choice)));
        assert!(Candidate::untested(choice).fits(choice));
    }
}
