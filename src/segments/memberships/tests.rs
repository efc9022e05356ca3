//! Since when, and from where.

use arrow::array::{Array, Date32Array, StringArray};

use super::previous::Previous;
use crate::history::History;
use crate::table::{Categories, Column};

const TODAY: i32 = 100;

fn words(words: &[Option<&str>]) -> Categories {
    Categories::from_words(words)
}

/// A night on which a, b and d were known: a Loyal since 10 from New, b Lost since 20, d Lost since 30.
fn history() -> History {
    let mut history = History { as_of: Some(90), ..History::default() };
    let mut add = |name: &str, column| history.columns.insert(("segments".into(), name.into()), column);
    add("customer_id", Column::Text(StringArray::from(vec!["a", "b", "d"])));
    add("rfm_segment", Column::Category(words(&[Some("Loyal"), Some("Lost"), Some("Lost")])));
    add("rfm_segment_since", Column::Day(Date32Array::from(vec![10, 20, 30])));
    add("rfm_segment_from", Column::Category(words(&[Some("New"), None, None])));
    add("in_vip", Column::Flag(vec![true, false, true].into()));
    add("in_vip_since", Column::Day(Date32Array::from(vec![Some(10), None, Some(30)])));
    history
}

#[test]
fn who_stays_keeps_the_day_and_who_moves_enters_today() {
    let ids = StringArray::from(vec!["a", "b", "c", "d"]);
    let history = history();
    let now = words(&[Some("Loyal"), Some("Loyal"), Some("New"), None]);
    let entered = Previous::new(&history, &ids).words("rfm_segment", &now, TODAY);
    let since = (0..4).map(|row| (!entered.since.is_null(row)).then(|| entered.since.value(row))).collect::<Vec<_>>();
    assert_eq!(since, [Some(10), Some(TODAY), Some(TODAY), None]);
    let from = (0..4).map(|row| entered.from.get(row)).collect::<Vec<_>>();
    assert_eq!(from, [Some("New"), Some("Lost"), None, Some("Lost")]);
}

#[test]
fn a_rule_segment_is_entered_once() {
    let ids = StringArray::from(vec!["a", "b", "c", "d"]);
    let history = history();
    let since = Previous::new(&history, &ids).flags("in_vip", &[true, true, true, false], TODAY);
    assert_eq!(since, Date32Array::from(vec![Some(10), Some(TODAY), Some(TODAY), None]));
}

#[test]
fn on_the_first_night_everyone_enters() {
    let ids = StringArray::from(vec!["a", "b"]);
    let history = History::default();
    let previous = Previous::new(&history, &ids);
    let entered = previous.words("rfm_segment", &words(&[Some("New"), None]), TODAY);
    assert_eq!(entered.since, Date32Array::from(vec![Some(TODAY), None]));
    assert_eq!(entered.from.get(0), None);
    assert_eq!(previous.flags("in_vip", &[false, true], TODAY), Date32Array::from(vec![None, Some(TODAY)]));
}
