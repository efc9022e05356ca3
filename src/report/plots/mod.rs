//! Plots to SVG, drawn by kuva in one style.

mod style;
#[cfg(test)]
mod tests;

use kuva::plot::legend::LegendShape;
use kuva::plot::{BarPlot, ForestPlot, LegendEntry, LegendPosition, LinePlot};
use kuva::prelude::{Layout, Plot as Drawing, ReferenceLine, TickFormat};
use kuva::render::datetime::DateTimeAxis;
use kuva::render_to_svg;

use crate::stage::{Content, Emphasis, Plot, Series};

use super::numbers::number;
use style::{ACTUAL, CHOSEN, QUIET, colours, styled};

/// Seconds in a day: kuva's dates are seconds since 1970-01-01.
const DAY_SECONDS: f64 = 86_400.0;

/// Draws a plot as an SVG document; the same plot gives the same bytes.
pub fn draw(plot: &Plot) -> String {
    let (drawings, layout) = match &plot.content {
        Content::DayLines { series, cut } => day_lines(series, cut.as_ref()),
        Content::Lines { series } => number_lines(series),
        Content::GroupedBars { categories, series } => grouped_bars(categories, series),
        Content::Intervals { rows } => intervals(rows),
        Content::Bars { bars } => bars_across(bars),
    };
    let svg = match layout {
        Some(layout) => render_to_svg(drawings, styled(layout, plot)),
        None => render_to_svg(Vec::new(), empty(plot)),
    };
    named_ids(&svg, &plot.name)
}

/// kuva numbers the ids of a process; named after the plot they are the same in every run, and apart from those of other
/// plots on one page.
fn named_ids(svg: &str, name: &str) -> String {
    const MARK: &str = "kuva-clip-";
    let mut parts = svg.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(&format!("{name}-clip"));
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

type Drawn = (Vec<Drawing>, Option<Layout>);

/// A plot without data: its words alone.
fn empty(plot: &Plot) -> Layout {
    let words = Plot { note: format!("{} (no data)", plot.note), ..plot.clone() };
    styled(Layout::new((0.0, 1.0), (0.0, 1.0)), &words)
}

fn finite(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// The lines of some series, each x times `unit`; what stands out is drawn last, on top of the others.
fn lines(series: &[Series], palette: &[&str], unit: f64) -> Vec<Drawing> {
    let mut order: Vec<usize> = (0..series.len()).rev().collect();
    order.sort_by_key(|at| series[*at].emphasis != Emphasis::Other);
    let line = |at: usize| {
        let points: Vec<(f64, f64)> = finite(&series[at].points).map(|(x, y)| (x * unit, y)).collect();
        let line = LinePlot::new().with_data(points).with_color(palette[at]);
        let line = match series[at].emphasis {
            Emphasis::Actual | Emphasis::Chosen => line.with_stroke_width(2.6),
            Emphasis::Other => line.with_stroke_width(1.4).with_dashed(),
        };
        line.into()
    };
    order.into_iter().map(line).collect()
}

fn legend(series: &[Series], palette: &[&str]) -> Vec<LegendEntry> {
    let entry = |(one, colour): (&Series, &&str)| LegendEntry {
        label: one.name.clone(),
        color: (*colour).to_owned(),
        shape: LegendShape::Line,
        dasharray: (one.emphasis == Emphasis::Other).then(|| "4 2".to_owned()),
    };
    series.iter().zip(palette).map(entry).collect()
}

fn number_lines(series: &[Series]) -> Drawn {
    if series.iter().all(|one| finite(&one.points).next().is_none()) {
        return (Vec::new(), None);
    }
    let palette = colours(series.iter().map(|s| s.emphasis));
    let drawings = lines(series, &palette, 1.0);
    let layout = Layout::auto_from_plots(&drawings)
        .with_legend_entries(legend(series, &palette))
        .with_x_tick_format(numbers())
        .with_y_tick_format(numbers())
        .with_legend_position(LegendPosition::OutsideRightTop);
    (drawings, Some(layout))
}

fn day_lines(series: &[Series], cut: Option<&(i32, String)>) -> Drawn {
    let palette = colours(series.iter().map(|s| s.emphasis));
    let lines = lines(series, &palette, DAY_SECONDS);
    let days: Vec<f64> = series.iter().flat_map(|one| finite(&one.points).map(|(day, _)| day)).collect();
    if days.is_empty() {
        return (Vec::new(), None);
    }
    let span =
        days.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b)) - days.iter().fold(f64::INFINITY, |a, b| a.min(*b));
    let axis = match span {
        s if s <= 70.0 => DateTimeAxis::weeks("%Y-%m-%d"),
        s if s <= 900.0 => DateTimeAxis { step: if s <= 400.0 { 1 } else { 3 }, ..DateTimeAxis::months("%Y-%m") },
        s => DateTimeAxis { step: (s / 365.25 / 10.0).ceil() as usize, ..DateTimeAxis::years("%Y") },
    };
    let mut layout =
        Layout::auto_from_plots(&lines).with_x_datetime(axis).with_legend_entries(legend(series, &palette));
    if let Some((day, label)) = cut {
        let line =
            ReferenceLine::vertical(f64::from(*day) * DAY_SECONDS).with_color("#666666").with_label(label.as_str());
        layout = layout.with_reference_line(line);
    }
    (lines, Some(layout.with_y_tick_format(numbers()).with_legend_position(LegendPosition::OutsideRightTop)))
}

fn grouped_bars(categories: &[String], series: &[Series]) -> Drawn {
    if categories.is_empty() || series.is_empty() {
        return (Vec::new(), None);
    }
    let palette = colours(series.iter().map(|s| s.emphasis));
    let value = |one: &Series, at: usize| finite(&one.points).find(|(x, _)| *x == at as f64).map_or(0.0, |(_, y)| y);
    let mut bars = BarPlot::new().with_width(0.8);
    for (at, category) in categories.iter().enumerate() {
        let group: Vec<(f64, &str)> = series.iter().zip(&palette).map(|(one, c)| (value(one, at), *c)).collect();
        bars = bars.with_group(category.as_str(), group);
    }
    let bars = bars.with_legend(series.iter().map(|one| one.name.as_str()).collect());
    let drawings: Vec<Drawing> = vec![bars.into()];
    let layout = Layout::auto_from_plots(&drawings)
        .with_y_tick_format(numbers())
        .with_legend_position(LegendPosition::OutsideRightTop);
    (drawings, Some(layout))
}

fn intervals(rows: &[(String, f64, f64, f64, Emphasis)]) -> Drawn {
    let mut forest = ForestPlot::new().with_marker_size(5.0).with_cap_size(4.0);
    for (name, point, lower, upper, emphasis) in rows {
        if [point, lower, upper].iter().all(|end| end.is_finite()) {
            forest = forest.with_colored_row(name.as_str(), *point, *lower, *upper, colour(*emphasis));
        }
    }
    if forest.rows.is_empty() {
        return (Vec::new(), None);
    }
    let drawings: Vec<Drawing> = vec![forest.into()];
    let layout = Layout::auto_from_plots(&drawings).with_x_tick_format(numbers());
    (drawings, Some(layout))
}

fn colour(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Actual => ACTUAL,
        Emphasis::Chosen => CHOSEN,
        Emphasis::Other => QUIET,
    }
}

fn bars_across(bars: &[(String, f64, Emphasis)]) -> Drawn {
    if bars.is_empty() {
        return (Vec::new(), None);
    }
    // kuva draws from the bottom upwards
    let rows = bars.iter().enumerate().rev().filter(|(_, bar)| bar.1.is_finite());
    let label = |name: &str, length: f64| format!("{name}  {}", number(length));
    let rows = rows.map(|(at, (name, length, _))| (label(name, *length), *length, colour(bars[at].2)));
    let chart = BarPlot::new().with_colored_bars(rows).with_width(0.7).with_horizontal(true);
    let drawings: Vec<Drawing> = vec![chart.into()];
    let layout = Layout::auto_from_plots(&drawings).with_x_tick_format(numbers());
    (drawings, Some(layout))
}

fn numbers() -> TickFormat {
    TickFormat::Custom(std::sync::Arc::new(number))
}
