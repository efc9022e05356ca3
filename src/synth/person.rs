//! One person of the customer base: identity, address, consents, and the id as the shop writes it.

use libm::round;

use super::calendar::Calendar;
use super::names::{self, Given, Spelling, TOWN_SHARES};
use super::random::Stream;

/// How customers came to the shop.
pub(super) const ACQUISITION_CHANNELS: [&str; 6] =
    ["organic", "paid_search", "social", "referral", "store", "marketplace"];
const ACQUISITION_SHARES: [f64; 6] = [0.26, 0.22, 0.16, 0.10, 0.20, 0.06];
/// Mean cost of winning a customer over each channel, in cents.
const ACQUISITION_COSTS: [f64; 6] = [150.0, 1_450.0, 980.0, 600.0, 300.0, 1_100.0];
const CONSENT_SHARES: [f64; 3] = [0.72, 0.38, 0.22];
const MAIL_DOMAINS: [&str; 4] = ["example.com", "example.org", "example.net", "mail.example"];
/// Genders as written; the last is an unknown one.
pub(super) const GENDERS: [&str; 4] = ["f", "m", "x", ""];

/// A person as the customer table knows them.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Given name.
    pub(super) first: Spelling,
    /// Family name.
    pub(super) last: Spelling,
    /// E-mail address.
    pub(super) email: Option<String>,
    /// Phone number in international form.
    pub(super) phone: Option<String>,
    /// Day of birth, in days since 1970-01-01.
    pub(super) birth_day: Option<i32>,
    /// Index into [`GENDERS`].
    pub(super) gender: usize,
    /// Index into the towns.
    pub(super) town: usize,
    /// Street and number.
    pub(super) street: String,
    /// Postal code.
    pub(super) postal_code: String,
    /// Index into [`ACQUISITION_CHANNELS`].
    pub(super) acquisition: usize,
    /// Cost of winning them, in cents.
    pub(super) acquisition_cents: i64,
    /// Days between registration and first purchase.
    pub(super) registered_before: i64,
    /// Consent to e-mail, text message, phone.
    pub(super) consents: [bool; 3],
    /// Share of what they spend with anyone in the category that goes to this shop, where a survey told it.
    pub(super) wallet_share: Option<f64>,
}

impl Person {
    /// Draws one person.
    pub(super) fn draw(stream: &mut Stream) -> Self {
        let gender = stream.weighted(&[0.54, 0.42, 0.01, 0.03]);
        let given = if gender == 1 || (gender > 1 && stream.chance(0.5)) { Given::Male } else { Given::Female };
        let (first, last) = names::full_name(given, stream);
        let town = stream.weighted(&TOWN_SHARES);
        let acquisition = stream.weighted(&ACQUISITION_SHARES);
        let email = address(&first, &last, stream);
        Self {
            email: stream.chance(0.93).then_some(email),
            phone: stream.chance(0.74).then(|| names::phone(town, stream)),
            birth_day: stream.chance(0.88).then(|| birth_day(stream)),
            street: names::street(stream),
            postal_code: names::postal_code(town, stream),
            acquisition_cents: round(stream.gamma(4.0) / 4.0 * ACQUISITION_COSTS[acquisition]) as i64,
            registered_before: if stream.chance(0.7) { 0 } else { stream.geometric(0.25) },
            consents: CONSENT_SHARES.map(|share| stream.chance(share)),
            wallet_share: stream.chance(0.35).then(|| stream.beta(2.0, 3.0).max(0.02)),
            first,
            last,
            gender,
            town,
            acquisition,
        }
    }

    /// Age in whole years of 365.25 days on a day, where the birth date is known.
    pub(super) fn age_on(&self, day: usize, calendar: &Calendar) -> Option<i32> {
        let today = calendar.epoch_day(day as i64);
        self.birth_day.map(|born| (f64::from(today - born) / 365.25) as i32)
    }
}

/// An address made of the name and a number.
pub(super) fn address(first: &Spelling, last: &Spelling, stream: &mut Stream) -> String {
    let (first, last) = (names::ascii(&first.latin), names::ascii(&last.latin));
    let number = stream.below(10_000);
    let domain = stream.pick(&MAIL_DOMAINS);
    match stream.below(3) {
        0 => format!("{first}.{last}{number}@{domain}"),
        1 => format!("{}{last}{number}@{domain}", first.get(..1).unwrap_or_default()),
        _ => format!("{last}.{first}{number}@{domain}"),
    }
}

/// Between 18 and 84 years old at the start of the data, most around 44.
fn birth_day(stream: &mut Stream) -> i32 {
    let age = (44.0 + 15.0 * stream.normal()).clamp(18.0, 84.0);
    let today = 19_723.0;
    (today - (age + stream.uniform()) * 365.25) as i32
}

/// The id of customer number `index`, counted from 0, as the shop writes it.
///
/// Three in ten come from an old system and are padded with zeros (`000000021`); one in twenty has an id that differs from another
/// customer's only by the missing zeros (`23` beside `000000023`), which a table that reads ids as numbers would merge.
pub(super) fn customer_id(index: u64) -> String {
    let number = index + 1;
    match (number % 10, number % 20) {
        (1..=3, _) => format!("{number:09}"),
        (_, 4) => (number - 1).to_string(),
        _ => (number + 1_000_000_000).to_string(),
    }
}

/// The id of the second record of customer number `index`.
pub(super) fn second_id(index: u64) -> String {
    let scrambled = (index + 1).wrapping_mul(0x2545_F491_4F6C_DD1D) & 0xFFFF_FFFF;
    format!("CC-{scrambled:08X}")
}

/// The id of the test account beside customer number `index`.
pub(super) fn test_id(index: u64) -> String {
    format!("TEST-{:06}", index + 1)
}
