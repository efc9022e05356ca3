//! What a contact is expected to bring: uplift × margin − cost, and where each number comes from.

use crate::stage::customer_column;
use crate::table::{TableError, Tables, display_real};

use super::measured::{Finder, Lifts};
use super::said::Said;
use super::target::{ConversionValue, Target, UpliftChoice};

/// How an uplift is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// By earlier campaigns.
    Measured,
    /// By a model.
    Modelled,
    /// By assumption.
    Assumed,
}

impl Basis {
    /// All of them, in the order of their names' codes.
    pub(super) const ALL: [Self; 3] = [Self::Measured, Self::Modelled, Self::Assumed];

    /// Its name in the tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Modelled => "modelled",
            Self::Assumed => "assumed",
        }
    }
}

/// Where an uplift comes from.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) basis: Basis,
    /// In words.
    pub(super) from: String,
    /// Weight of the campaigns' own figure.
    pub(super) evidence: Option<f64>,
    /// Measured effect on conversion.
    pub(super) conversion: Option<f64>,
    /// Days in which it was measured.
    pub(super) window_days: Option<i64>,
}

/// What a contact of a customer is expected to bring. NaN where nothing is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub(super) uplift: f64,
    /// Incremental money.
    pub(super) revenue: f64,
    /// Part of it that is margin.
    pub(super) margin: f64,
    /// Place among the sources of the list; [`NO_SOURCE`] where nothing is known.
    pub(super) source: u16,
}

/// [`Worth::source`] of what isn't known.
pub(super) const NO_SOURCE: u16 = u16::MAX;

/// Places of the first two sources; the lifts follow.
const ASSUMED: u16 = 0;
const MODELLED: u16 = 1;
const FIRST_LIFT: usize = 2;

impl Worth {
    /// Nothing is known.
    pub(super) const NONE: Self = Self { uplift: f64::NAN, revenue: f64::NAN, margin: f64::NAN, source: NO_SOURCE };

    /// Expected profit at a cost; none where nothing is known.
    pub(super) fn profit(&self, cost: f64) -> Option<f64> {
        Some(self.revenue * self.margin - cost).filter(|profit| profit.is_finite())
    }

    /// Whether it is no more than an assumption.
    pub(super) fn is_assumed(&self) -> bool {
        self.source == ASSUMED
    }
}

/// Part of a customer's spend that is margin.
#[derive(Debug)]
pub(super) struct Margins {
    own: Option<Vec<f64>>,
    share: f64,
}

impl Margins {
    /// The customers' own where `clv` has them, else `share`, else all of it.
    pub(super) fn of(tables: &Tables, share: Option<f64>) -> Result<Self, TableError> {
        let has =
            tables.get("clv").is_ok_and(|clv| clv.column("net_margin_ratio").is_ok_and(|c| c.null_count() < c.len()));
        let own = has.then(|| customer_column(tables, "net_margin_ratio")).transpose()?.map(|column| column.numbers());
        let known = own.iter().flatten().filter(|ratio| ratio.is_finite());
        let (count, sum) = known.fold((0_u64, 0.0), |(count, sum), ratio| (count + 1, sum + ratio));
        let mean = (count > 0).then(|| sum / count as f64);
        Ok(Self { own, share: share.or(mean).unwrap_or(1.0) })
    }

    fn of_row(&self, row: usize) -> f64 {
        self.own.as_ref().map_or(self.share, |own| if own[row].is_finite() { own[row] } else { self.share })
    }
}

/// Numbers of a column, or one number for all.
enum Numbers {
    Same(f64),
    Each(Vec<f64>),
}

impl Numbers {
    fn of_row(&self, row: usize) -> f64 {
        match self {
            Self::Same(number) => *number,
            Self::Each(numbers) => numbers[row],
        }
    }
}

/// Says what a contact of each customer is worth to a list.
pub(super) struct Appraiser<'a> {
    target: &'a Target,
    margins: &'a Margins,
    offers: &'a Said,
    channels: &'a Said,
    modelled: Option<Vec<f64>>,
    conversion_value: Option<Numbers>,
    value: Option<Vec<f64>>,
    /// By offer and channel; the last of each is for customers without one.
    finders: Vec<Finder<'a>>,
    lifts: &'a Lifts,
    /// Where the figures come from.
    pub(super) sources: Vec<Source>,
}

impl<'a> Appraiser<'a> {
    pub(super) fn new(
        target: &'a Target,
        tables: &Tables,
        (offers, channels): (&'a Said, &'a Said),
        margins: &'a Margins,
        lifts: &'a Lifts,
    ) -> Result<Self, TableError> {
        let numbers = |name: &str| Ok::<_, TableError>(customer_column(tables, name)?.numbers());
        let modelled = match &target.uplift {
            UpliftChoice::Column(name) => Some(numbers(name)?),
            _ => None,
        };
        let conversion_value = match &target.conversion_value {
            None => None,
            Some(ConversionValue::Amount(amount)) => Some(Numbers::Same(*amount)),
            Some(ConversionValue::Column(name)) => Some(Numbers::Each(numbers(name)?)),
        };
        let has_value = conversion_value.is_some();
        let words = |said: &'a Said| said.names().iter().map(|n| Some(n.as_str())).chain([None]).collect::<Vec<_>>();
        let mut finders = Vec::new();
        for offer in words(offers) {
            for channel in words(channels) {
                finders.push(
                    lifts.finder(offer, channel, |lift| {
                        lift.revenue.is_some() || (has_value && lift.conversion.is_some())
                    }),
                );
            }
        }
        Ok(Self {
            value: target.value.as_deref().map(numbers).transpose()?,
            sources: sources(target, lifts),
            target,
            margins,
            offers,
            channels,
            modelled,
            conversion_value,
            finders,
            lifts,
        })
    }

    /// What a contact of a customer is expected to bring.
    pub(super) fn appraise(&self, row: usize) -> Worth {
        let margin = || self.target.margin.unwrap_or_else(|| self.margins.of_row(row));
        let per_conversion = self.conversion_value.as_ref().map(|value| value.of_row(row));
        let known = |uplift: f64, revenue: f64, source: u16| {
            revenue.is_finite().then(|| Worth { uplift, revenue, margin: margin(), source })
        };
        let modelled = self.modelled.as_ref().and_then(|uplifts| {
            let uplift = uplifts[row];
            known(uplift, uplift * per_conversion.unwrap_or(1.0), MODELLED)
        });
        let measured = || {
            let place = self.finder(row).find(row)?;
            let lift = &self.lifts.lifts[place];
            let source = u16::try_from(FIRST_LIFT + place).ok()?;
            match (lift.revenue, lift.conversion, per_conversion) {
                // the customer's own money per conversion says more than the campaign's mean
                (_, Some(conversions), Some(value)) if value.is_finite() => {
                    known(conversions, conversions * value, source)
                }
                (Some(revenue), ..) => known(revenue, revenue, source),
                _ => None,
            }
        };
        let assumed = || {
            let share = self.target.assumed_uplift;
            let value = self.value.as_ref()?[row];
            value.is_finite().then(|| Worth { uplift: share, revenue: share * value, margin: 1.0, source: ASSUMED })
        };
        let worth = match &self.target.uplift {
            UpliftChoice::Assumed => assumed(),
            UpliftChoice::Measured => measured(),
            UpliftChoice::Auto | UpliftChoice::Column(_) => modelled.or_else(measured).or_else(assumed),
        };
        worth.unwrap_or(Worth::NONE)
    }

    fn finder(&self, row: usize) -> &Finder<'a> {
        let place = |said: &Said| said.place(row).unwrap_or(said.names().len());
        &self.finders[place(self.offers) * (self.channels.names().len() + 1) + place(self.channels)]
    }
}

/// The assumption, the model, and the lifts.
fn sources(target: &Target, lifts: &Lifts) -> Vec<Source> {
    let plain = |basis, from: String| Source { basis, from, evidence: None, conversion: None, window_days: None };
    let value = target.value.as_deref().unwrap_or("nothing");
    let assumed = format!("{} × {value}", display_real(target.assumed_uplift));
    let modelled = match (&target.uplift, &target.conversion_value) {
        (UpliftChoice::Column(name), None) => name.clone(),
        (UpliftChoice::Column(name), Some(ConversionValue::Amount(amount))) => {
            format!("{name} × {}", display_real(*amount))
        }
        (UpliftChoice::Column(name), Some(ConversionValue::Column(value))) => format!("{name} × {value}"),
        _ => String::new(),
    };
    let mut all = vec![plain(Basis::Assumed, assumed), plain(Basis::Modelled, modelled)];
    all.extend(lifts.lifts.iter().map(|lift| Source {
        basis: Basis::Measured,
        from: lift.from.clone(),
        evidence: Some(lift.weight),
        conversion: lift.conversion,
        window_days: lift.window_days,
    }));
    all
}
