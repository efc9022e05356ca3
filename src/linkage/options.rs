//! The `[clean.identity]` section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A rule that links two records without a model. Names are compatible if they are equal, sound alike, differ by a
/// typing error or an initial, or have given and family name swapped. No rule links two records with different birth
/// dates or with given names that can't be one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExactRule {
    /// Same e-mail address and compatible names.
    EmailAndName,
    /// Same phone number and compatible names.
    PhoneAndName,
    /// Equal names, same birth date and same postcode.
    NameAndBirthDateAndPostcode,
    /// Same e-mail address, whatever the names.
    Email,
}

impl ExactRule {
    /// The rule as the options write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmailAndName => "email_and_name",
            Self::PhoneAndName => "phone_and_name",
            Self::NameAndBirthDateAndPostcode => "name_and_birth_date_and_postcode",
            Self::Email => "email",
        }
    }
}

/// A field of a person for which one record's value survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonField {
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Whole name.
    Name,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Day of birth.
    BirthDate,
    /// Gender.
    Gender,
    /// Street, postcode, city and country, all from one record.
    Address,
}

impl PersonField {
    /// All fields.
    pub const ALL: [Self; 8] = [
        Self::GivenName,
        Self::FamilyName,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::BirthDate,
        Self::Gender,
        Self::Address,
    ];
}

/// Which of a person's values survives. Blank values never do; ties go to the newest record, then to the smallest key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurvivorRule {
    /// The value written last.
    #[default]
    Newest,
    /// The value written first.
    Oldest,
    /// The value with most letters; of an address, the one with most parts.
    Longest,
    /// The value that most records have.
    MostFrequent,
    /// The value of the source that stands first in `source_priority`.
    SourcePriority,
}

/// How records of one person are found and merged.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct IdentityOptions {
    /// Country of phone numbers written without one, as two letters (`"IR"`, `"DE"`). A record's own country goes
    /// first, if it is a two-letter code.
    pub default_country: Option<String>,
    /// Leave out what stands after a `+` in an e-mail address (default `false`: not every provider ignores it).
    pub plus_addressing: bool,
    /// Leave out dots before the `@` of an e-mail address (default `false`: only few providers ignore them).
    pub email_dots: bool,
    /// Rules that link without a model, before it: `email_and_name`, `phone_and_name`,
    /// `name_and_birth_date_and_postcode` (these by default) and `email`.
    pub exact_rules: Vec<ExactRule>,
    /// An e-mail address or phone number that more records than this share (`info@`, a placeholder) says nothing about
    /// a person: it's left out of every comparison and counted.
    pub most_sharers: usize,
    /// Records are linked from this probability on.
    pub link_probability: f64,
    /// Pairs from this probability on that aren't linked go to the review table.
    pub review_probability: f64,
    /// Two groups of records aren't joined while a pair between them has a match weight (log2 of the likelihood ratio)
    /// below this: a guard against chains of links.
    pub chain_weight: f64,
    /// Groups of more records than this that share a blocking key are split by a further key, and left out and counted
    /// if they are still too large.
    pub largest_block: usize,
    /// Fit the model anew although there is one of an earlier night (default `false`: a score means the same from
    /// night to night).
    pub refit: bool,
    /// Most rounds of expectation and maximisation.
    pub em_iterations: u32,
    /// Which value of a person survives, per field (`{ email = "newest", name = "longest" }`): `newest` (default),
    /// `oldest`, `longest`, `most_frequent` or `source_priority`.
    pub survivorship: BTreeMap<PersonField, SurvivorRule>,
    /// Sources, the most trusted first, for `source_priority`; others come after these.
    pub source_priority: Vec<String>,
    /// Also group persons with the same family name and the same address into households.
    pub household: bool,
}

impl Default for IdentityOptions {
    fn default() -> Self {
        Self {
            default_country: None,
            plus_addressing: false,
            email_dots: false,
            exact_rules: vec![ExactRule::EmailAndName, ExactRule::PhoneAndName, ExactRule::NameAndBirthDateAndPostcode],
            most_sharers: 10,
            link_probability: 0.99,
            review_probability: 0.6,
            chain_weight: -4.0,
            largest_block: 400,
            refit: false,
            em_iterations: 200,
            survivorship: BTreeMap::new(),
            source_priority: Vec::new(),
            household: false,
        }
    }
}

/// An option out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IdentityOptionError {
    /// A probability outside 0 to 1.
    #[error("`{name}` is {value}; a probability above 0 and below 1 is expected")]
    Probability {
        /// The option.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Review above link.
    #[error("`review_probability` ({review}) is above `link_probability` ({link})")]
    ReviewAboveLink {
        /// `review_probability`.
        review: f64,
        /// `link_probability`.
        link: f64,
    },
    /// A country that isn't known.
    #[error("`default_country` is `{0}`; a two-letter country code such as `DE` is expected")]
    Country(String),
    /// A weight that isn't a number.
    #[error("`chain_weight` must be a finite number")]
    ChainWeight,
    /// A count that must be positive.
    #[error("`{0}` must be at least {1}")]
    TooSmall(&'static str, usize),
}

impl IdentityOptions {
    /// What is wrong with the options: all of it, in the order of the options; empty if nothing is.
    pub fn errors(&self) -> Vec<IdentityOptionError> {
        let mut errors = Vec::new();
        if let Some(country) = &self.default_country
            && super::contact::country(country).is_none()
        {
            errors.push(IdentityOptionError::Country(country.clone()));
        }
        if self.most_sharers < 2 {
            errors.push(IdentityOptionError::TooSmall("most_sharers", 2));
        }
        for (name, value) in
            [("link_probability", self.link_probability), ("review_probability", self.review_probability)]
        {
            if !(value > 0.0 && value < 1.0) {
                errors.push(IdentityOptionError::Probability { name, value });
            }
        }
        if self.review_probability > self.link_probability {
            let (review, link) = (self.review_probability, self.link_probability);
            errors.push(IdentityOptionError::ReviewAboveLink { review, link });
        }
        if !self.chain_weight.is_finite() {
            errors.push(IdentityOptionError::ChainWeight);
        }
        if self.largest_block < 2 {
            errors.push(IdentityOptionError::TooSmall("largest_block", 2));
        }
        if self.em_iterations < 1 {
            errors.push(IdentityOptionError::TooSmall("em_iterations", 1));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_reads_as_the_documentation_says() {
        let text = r#"
            default_country = "IR"
            exact_rules = ["email"]
            survivorship = { email = "newest", name = "longest", address = "source_priority" }
            source_priority = ["shop"]
            household = true
        "#;
        let options: IdentityOptions = toml::from_str(text).unwrap();
        assert_eq!(options.exact_rules, [ExactRule::Email]);
        assert_eq!(options.survivorship[&PersonField::Name], SurvivorRule::Longest);
        assert_eq!((options.household, options.most_sharers), (true, 10));
        assert!(options.errors().is_empty());
        assert!(toml::from_str::<IdentityOptions>("linked = 1").is_err());
        assert!(toml::from_str::<IdentityOptions>(r#"exact_rules = ["fax"]"#).is_err());
    }

    #[test]
    fn every_error_is_named() {
        let options = IdentityOptions {
            default_country: Some("Persia".to_owned()),
            most_sharers: 1,
            link_probability: 0.5,
            review_probability: 0.7,
            chain_weight: f64::NAN,
            ..IdentityOptions::default()
        };
        assert_eq!(options.errors().len(), 4);
        let options = IdentityOptions { link_probability: 1.0, ..IdentityOptions::default() };
        assert!(options.errors()[0].to_string().contains("`link_probability` is 1"));
    }
}
