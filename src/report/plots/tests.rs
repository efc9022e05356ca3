//! Drawings are well-formed, say what they show, and stand whatever they are given.

use super::draw;
use crate::stage::{Content, Emphasis, Plot, Series};

fn series(name: &str, points: &[(f64, f64)], emphasis: Emphasis) -> Series {
    Series { name: name.into(), points: points.to_vec(), emphasis }
}

fn plot(content: Content) -> Plot {
    Plot {
        name: "p".into(),
        title: "Actual < expected & more".into(),
        note: "فروش هفتگی".into(),
        x_title: "week".into(),
        y_title: "purchases".into(),
        content,
    }
}

fn lines(points: &[(f64, f64)]) -> Plot {
    let series = vec![
        series("actual", points, Emphasis::Actual),
        series("pareto_nbd", points, Emphasis::Chosen),
        series("bg_nbd", points, Emphasis::Other),
    ];
    plot(Content::DayLines { series, cut: Some((10_136, "cut".into())) })
}

/// Every tag that opens closes, in order.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let Some((tag, _)) = part.split_once('>') else { return false };
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default().trim_end_matches('/');
        if tag.starts_with('?') || tag.starts_with('!') || tag.ends_with('/') {
            continue;
        }
        if !tag.starts_with('/') {
            open.push(name.to_owned());
        } else if open.pop().as_deref() != Some(name) {
            return false;
        }
    }
    open.is_empty() && svg.contains("<svg")
}

#[test]
fn drawings_say_what_they_show() {
    let points: Vec<(f64, f64)> =
        (0..78).map(|week| (9862.0 + 7.0 * f64::from(week), 40.0 * f64::from(week))).collect();
    let svg = draw(&lines(&points));
    assert!(is_well_formed(&svg));
    for text in ["Actual &lt; expected &amp; more", "فروش هفتگی", "pareto_nbd", "1,000", "1997-", "cut"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg == draw(&lines(&points)), "the same plot, the same bytes");
}

#[test]
fn bars_are_named_and_told() {
    let bars = vec![("pareto_nbd".to_owned(), 0.7545, Emphasis::Chosen), ("last".to_owned(), 1.6, Emphasis::Other)];
    let svg = draw(&plot(Content::Bars { bars }));
    assert!(is_well_formed(&svg) && svg.contains("pareto_nbd  0.7545"));
    let both = vec![
        series("actual", &[(0.0, 1.0), (1.0, 2.0)], Emphasis::Actual),
        series("model", &[(0.0, 1.5), (1.0, 1.5)], Emphasis::Chosen),
    ];
    let svg = draw(&plot(Content::GroupedBars { categories: vec!["0".into(), "7+".into()], series: both }));
    assert!(is_well_formed(&svg) && svg.contains("7+") && svg.contains("model"));
}

#[test]
fn lines_over_numbers_are_named() {
    let both = vec![
        series("all", &[(1.0, 0.4), (2.0, 0.3), (3.0, 0.25)], Emphasis::Actual),
        series("2024-03", &[(1.0, 0.5), (2.0, 0.35)], Emphasis::Other),
    ];
    let svg = draw(&plot(Content::Lines { series: both }));
    assert!(is_well_formed(&svg) && svg.contains("2024-03") && svg.contains("all"));
}

#[test]
fn intervals_are_named() {
    let rows = vec![
        ("At risk".to_owned(), 2.5, -0.5, 5.5, Emphasis::Other),
        ("Champions".to_owned(), 4.0, 1.0, 7.0, Emphasis::Chosen),
    ];
    let svg = draw(&plot(Content::Intervals { rows }));
    assert!(is_well_formed(&svg) && svg.contains("At risk") && svg.contains("Champions"));
}

#[test]
fn odd_data_are_drawn_all_the_same() {
    let odd: [&[(f64, f64)]; 6] = [
        &[],
        &[(10_000.0, 5.0)],
        &[(10_000.0, 0.0), (10_007.0, 0.0)],
        &[(10_000.0, 1e9), (20_000.0, -1e9)],
        &[(10_000.0, f64::NAN), (10_007.0, 1.0)],
        &[(f64::INFINITY, 1.0)],
    ];
    for points in odd {
        let svg = draw(&lines(points));
        assert!(is_well_formed(&svg) && !svg.contains("NaN") && !svg.contains("inf"), "{points:?}");
    }
    for content in [
        Content::Bars { bars: Vec::new() },
        Content::Intervals { rows: Vec::new() },
        Content::Intervals { rows: vec![("x".into(), f64::NAN, 0.0, 1.0, Emphasis::Other)] },
        Content::Intervals { rows: vec![("x".into(), 0.0, 0.0, 0.0, Emphasis::Other)] },
        Content::Bars { bars: vec![("x".into(), f64::NAN, Emphasis::Other)] },
        Content::GroupedBars { categories: Vec::new(), series: Vec::new() },
        Content::Lines { series: Vec::new() },
        Content::Lines { series: vec![series("x", &[(1.0, 0.5)], Emphasis::Other)] },
    ] {
        assert!(is_well_formed(&draw(&plot(content))));
    }
}
