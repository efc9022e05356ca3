//! A plot as an analysis gives it: data and words, no drawing.

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// File name without its ending.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// A sentence below the title; empty for none.
    pub note: String,
    /// Title of the horizontal axis, with the unit.
    pub x_title: String,
    /// Title of the vertical axis, with the unit.
    pub y_title: String,
    /// What is drawn.
    pub content: Content,
}

/// What a plot draws.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Lines over days since 1970-01-01; `cut` is a day that is marked, with its label.
    DayLines {
        /// The lines.
        series: Vec<Series>,
        /// A day that is marked.
        cut: Option<(i32, String)>,
    },
    /// Lines over numbers.
    Lines {
        /// The lines.
        series: Vec<Series>,
    },
    /// Bars side by side per category.
    GroupedBars {
        /// Names of the categories; each series has a value for each.
        categories: Vec<String>,
        /// The bars; the x of a point is the place of its category.
        series: Vec<Series>,
    },
    /// A point with its interval per category, in the order given, and a line at zero.
    Intervals {
        /// Name, point, lower and upper end.
        rows: Vec<(String, f64, f64, f64, Emphasis)>,
    },
    /// One horizontal bar per category, in the order given.
    Bars {
        /// Name and length.
        bars: Vec<(String, f64, Emphasis)>,
    },
}

/// A named row of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Points by x.
    pub points: Vec<(f64, f64)>,
    /// How it stands out.
    pub emphasis: Emphasis,
}

/// How a series stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// What happened.
    Actual,
    /// The one to look at.
    Chosen,
    /// The others.
    Other,
}
