//! One style for all plots: the colours of Okabe & Ito (2008), which colour-blind readers can tell apart.

use kuva::prelude::{Layout, Theme};

use crate::stage::{Emphasis, Plot};

/// What happened.
pub(super) const ACTUAL: &str = "#222222";

/// The one to look at.
pub(super) const CHOSEN: &str = "#D55E00";

/// Bars beside the one to look at.
pub(super) const QUIET: &str = "#B8B8B8";

/// The others, in turn.
const OTHERS: [&str; 6] = ["#0072B2", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#A6A6A6"];

/// Size of a plot in pixels.
const SIZE: (f64, f64) = (860.0, 480.0);

/// A colour for each series.
pub(super) fn colours(emphases: impl Iterator<Item = Emphasis>) -> Vec<&'static str> {
    let mut others = OTHERS.iter().cycle();
    let colour = |emphasis| match emphasis {
        Emphasis::Actual => ACTUAL,
        Emphasis::Chosen => CHOSEN,
        Emphasis::Other => others.next().copied().unwrap_or(ACTUAL),
    };
    emphases.map(colour).collect()
}

/// The words and the look of a plot.
pub(super) fn styled(layout: Layout, plot: &Plot) -> Layout {
    let mut theme = Theme::light();
    theme.grid_color = "#E4E4E4".into();
    theme.axis_color = "#888888".into();
    theme.tick_color = "#888888".into();
    theme.text_color = "#222222".into();
    layout
        .with_theme(theme)
        .with_font_family("Helvetica, Arial, Vazirmatn, 'Noto Sans', 'Noto Sans Arabic', sans-serif")
        .with_width(SIZE.0)
        .with_height(SIZE.1)
        .with_title(plot.title.as_str())
        .with_title_size(17)
        .with_subtitle(plot.note.as_str())
        .with_subtitle_size(12)
        .with_label_size(12)
        .with_tick_size(11)
        .with_body_size(11)
        .with_x_label(plot.x_title.as_str())
        .with_y_label(plot.y_title.as_str())
        .with_legend_box(false)
}
