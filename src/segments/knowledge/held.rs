//! Which knowledge is held of a customer.

use arrow::array::StringArray;

use crate::clean::{Cleaned, DAY_MINUTES, Experience};
use crate::table::{Column, Table, TableError};

/// A kind of knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Knowledge {
    Identity,
    Contact,
    Consent,
    Demographics,
    Behaviour,
    Feedback,
    Service,
}

impl Knowledge {
    pub(super) const ALL: [Self; 7] = [
        Self::Identity,
        Self::Contact,
        Self::Consent,
        Self::Demographics,
        Self::Behaviour,
        Self::Feedback,
        Self::Service,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Consent => "consent",
            Self::Demographics => "demographics",
            Self::Behaviour => "behaviour",
            Self::Feedback => "feedback",
            Self::Service => "service",
        }
    }

    /// Attributes of which one is enough.
    fn attributes(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &["name", "full_name", "first_name", "given_name", "last_name", "family_name", "surname"],
            Self::Contact => &["email", "e_mail", "email_address", "phone", "mobile", "telephone", "phone_number"],
            Self::Demographics => &["birth_date", "date_of_birth", "birthday", "birth_year", "age", "gender", "sex"],
            Self::Consent | Self::Behaviour | Self::Feedback | Self::Service => &[],
        }
    }

    /// What would fill the gap.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Identity => "ask for the name at the next contact",
            Self::Contact => "ask for an e-mail address or a phone number",
            Self::Consent => "ask for permission to write or call",
            Self::Demographics => "ask for the birthday in the next letter",
            Self::Behaviour => "win the first purchase",
            Self::Feedback => "send a survey",
            Self::Service => "call and ask how things are",
        }
    }
}

/// What is held of a kind of knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Missing,
    /// Older than it should be.
    Stale,
    Fresh,
}

impl Held {
    pub(super) const NAMES: [&'static str; 3] = ["missing", "stale", "held"];
}

/// What the sources could tell: for each kind the columns or rows that would.
pub(super) struct Sources<'a> {
    cleaned: &'a Cleaned,
    by_kind: Vec<(Knowledge, Vec<&'a Column>)>,
    days_since_last: &'a Column,
    as_of: i32,
    stale_after_days: i32,
}

/// What is held of one customer, and how old the dated kinds are in days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) held: [Held; Knowledge::ALL.len()],
    pub(super) behaviour_age: Option<i32>,
    pub(super) feedback_age: Option<i32>,
    pub(super) service_age: Option<i32>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(
        customers: &'a Table,
        cleaned: &'a Cleaned,
        as_of: i32,
        stale_after_days: i32,
    ) -> Result<Self, TableError> {
        let attributes = &cleaned.attributes.columns;
        let is_attribute = |name: &str| attributes.iter().any(|(known, _)| known == name);
        let columns = |kind: Knowledge| {
            let own = customers.columns().iter().filter(|(name, _)| is_attribute(name));
            let own = own.filter(|(name, _)| match kind {
                Knowledge::Consent => name.starts_with("consent_"),
                _ => kind.attributes().contains(&name.as_str()),
            });
            own.map(|(_, column)| column).collect::<Vec<_>>()
        };
        let by_kind = Knowledge::ALL.into_iter().map(|kind| (kind, columns(kind))).collect();
        let days_since_last = customers.column("days_since_last")?;
        Ok(Self { cleaned, by_kind, days_since_last, as_of, stale_after_days })
    }

    /// Whether a kind is collected at all.
    pub(super) fn collects(&self, kind: Knowledge) -> bool {
        match kind {
            Knowledge::Behaviour => true,
            Knowledge::Feedback => self.cleaned.feedback.known,
            Knowledge::Service => self.cleaned.interactions.known,
            _ => self.by_kind.iter().any(|(known, columns)| *known == kind && !columns.is_empty()),
        }
    }

    /// What is held of the customer of a row.
    pub(super) fn row(&self, ids: &StringArray, row: usize) -> Row {
        let tells = self.cleaned.feedback.known || self.cleaned.interactions.known;
        let key = if tells { self.cleaned.customers.find(ids.value(row)) } else { None };
        let age = |minute: Option<i32>| minute.map(|minute| self.as_of - minute.div_euclid(DAY_MINUTES));
        let feedback_age = age(key.and_then(|key| self.cleaned.feedback.answers.of(key).last()).map(|a| a.minute));
        let touches = key.map_or(&[][..], |key| self.cleaned.interactions.touches.of(key));
        let with_people = touches.iter().rev().find(|touch| touch.experience == Experience::Human);
        let service_age = age(with_people.map(|touch| touch.minute));
        let behaviour_age = self.days_since_last.number(row).map(|days| days as i32);
        let by_age = |age: Option<i32>| match age {
            None => Held::Missing,
            Some(age) if age > self.stale_after_days => Held::Stale,
            Some(_) => Held::Fresh,
        };
        let mut held = [Held::Missing; Knowledge::ALL.len()];
        for (at, (kind, columns)) in self.by_kind.iter().enumerate() {
            held[at] = match kind {
                Knowledge::Behaviour => by_age(behaviour_age),
                Knowledge::Feedback => by_age(feedback_age),
                Knowledge::Service => by_age(service_age),
                _ if columns.iter().any(|column| is_filled(column, row)) => Held::Fresh,
                _ => Held::Missing,
            };
        }
        Row { held, behaviour_age, feedback_age, service_age }
    }
}

fn is_filled(column: &Column, row: usize) -> bool {
    !column.is_null(row) && !matches!(column, Column::Text(texts) if texts.value(row).trim().is_empty())
}
