//! The plots: NPS, CSAT and CES by RFM segment.

use crate::stage::{Content, Emphasis, Plot};
use crate::table::{Table, TableError};

/// Grouping that is drawn.
const GROUPING: &str = "rfm_segment";

/// Instruments with the title of their score, and into how many parts a unit of it is cut.
const INSTRUMENTS: [(&str, &str, f64); 3] = [
    ("nps", "NPS: promoters − detractors, %", 10.0),
    ("csat", "CSAT: share of the best answers", 1000.0),
    ("ces", "CES: mean on 1..7", 100.0),
];

/// A plot for each instrument with answers, from the table `satisfaction_groups`.
pub(super) fn plots(groups: &Table) -> Result<Vec<Plot>, TableError> {
    let [grouping, segment, instrument] =
        [groups.categories("grouping")?, groups.categories("segment")?, groups.categories("instrument")?];
    let (scores, answers) = (groups.reals("score")?, groups.integers("answers")?);
    let bars = |name: &str, parts: f64| {
        let own = (0..groups.rows()).filter(|row| instrument.get(*row) == Some(name));
        let mut bars = Vec::new();
        for row in own {
            let (label, emphasis) = match (grouping.get(row), segment.get(row)) {
                (Some("all"), _) => ("all", Emphasis::Chosen),
                (Some(GROUPING), Some(segment)) => (segment, Emphasis::Other),
                _ => continue,
            };
            bars.push((
                format!("{label} ({})", answers.value(row)),
                (parts * scores.value(row)).round() / parts,
                emphasis,
            ));
        }
        bars
    };
    let drawn = INSTRUMENTS.iter().map(|(name, title, parts)| (name, title, bars(name, *parts)));
    let plot = |(name, title, bars): (&&str, &&str, Vec<(String, f64, Emphasis)>)| Plot {
        name: format!("satisfaction_{name}"),
        title: format!("{} by RFM segment", name.to_uppercase()),
        note: "newest answer of each customer; their number in brackets".into(),
        x_title: (*title).to_owned(),
        y_title: String::new(),
        content: Content::Bars { bars },
    };
    Ok(drawn.filter(|(.., bars)| !bars.is_empty()).map(plot).collect())
}
