//! Column names in several languages, and what they mean.

mod arabic;
mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod persian;
mod portuguese;
mod spanish;
mod turkish;

use super::role::Role;
use crate::notation::letters::{Folding, fold};

/// Where the word stands that says what a name is: `order date` is a date, and so is `date de commande`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    First,
    Last,
}

/// The names of one language.
struct Language {
    name: &'static str,
    head: Head,
    /// Per role: names that say it, and names that may say it; separated by `|`.
    roles: &'static [(Role, &'static str, &'static str)],
    /// Words that turn a date, an amount or an id into another one: last order date, shipping amount.
    modifiers: &'static str,
}

const LANGUAGES: [&Language; 10] = [
    &english::WORDS,
    &german::WORDS,
    &french::WORDS,
    &spanish::WORDS,
    &portuguese::WORDS,
    &italian::WORDS,
    &dutch::WORDS,
    &turkish::WORDS,
    &persian::WORDS,
    &arabic::WORDS,
];

/// Words behind a name that don't change what it is: `Amount (EUR)`, `Created (UTC)`, `مبلغ (تومان)`.
const TAILS: &str = "eur|usd|gbp|chf|inr|irr|irt|try|euro|euros|dollar|toman|rial|tl|utc|gmt|local|formatted|in|of|\
    base|purchased|تومان|ریال";

/// Points of a name that says it; that may say it; that ends in such words.
const SAYS: i32 = 10;
const MAY_SAY: i32 = 6;
const ENDS_SO: i32 = 5;
const ENDS_MAYBE: i32 = 3;

/// What a name says of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameMatch {
    /// The role.
    pub role: Role,
    /// How strongly, from 3 to 10.
    pub points: i32,
    /// The known name.
    pub phrase: &'static str,
    /// Its language.
    pub language: &'static str,
}

impl NameMatch {
    /// The evidence for a comment.
    pub(super) fn evidence(&self) -> String {
        let language = if self.language == "English" { String::new() } else { format!(" ({})", self.language) };
        match self.points {
            SAYS => format!("by name{language}"),
            MAY_SAY => format!("probably by name{language}"),
            _ => format!("named like `{}`{language}", self.phrase),
        }
    }
}

struct Entry {
    role: Role,
    says: i32,
    phrase: &'static str,
    words: Vec<String>,
    squeezed: String,
    language: &'static Language,
}

/// The names of all languages, ready for look-up.
pub(super) struct Dictionary {
    entries: Vec<Entry>,
    modifiers: Vec<String>,
    tails: Vec<String>,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        let mut entries = Vec::new();
        for language in LANGUAGES {
            for (role, strong, weak) in language.roles {
                for (list, says) in [(strong, SAYS), (weak, MAY_SAY)] {
                    for phrase in list.split('|').filter(|p| !p.is_empty()) {
                        let words = words(phrase);
                        let squeezed = words.concat();
                        entries.push(Entry { role: *role, says, phrase, words, squeezed, language });
                    }
                }
            }
        }
        let split = |list: &'static str| list.split('|').flat_map(words).collect::<Vec<_>>();
        let modifiers = LANGUAGES.iter().flat_map(|l| split(l.modifiers)).collect();
        Self { entries, modifiers, tails: split(TAILS) }
    }

    /// What a name may mean, one match per role, the strongest first.
    pub(super) fn look_up(&self, name: &str) -> Vec<NameMatch> {
        let whole = words(name);
        let kept = whole.iter().rposition(|w| !self.tails.contains(w)).map_or(0, |last| last + 1);
        let mut found = self.look_up_words(&whole);
        if kept < whole.len() && kept > 0 {
            found.extend(self.look_up_words(&whole[..kept]));
        }
        found.sort_by_key(|m| (m.role, std::cmp::Reverse(m.points)));
        found.dedup_by_key(|m| m.role);
        found.sort_by_key(|m| (std::cmp::Reverse(m.points), m.role));
        found
    }

    /// Whether a word of a name makes a date or an amount another one: last order date, shipping amount.
    pub(super) fn is_modified(&self, name: &str) -> bool {
        words(name).iter().any(|word| self.modifiers.contains(word))
    }

    fn look_up_words(&self, name: &[String]) -> Vec<NameMatch> {
        let squeezed = name.concat();
        let points = |entry: &Entry| {
            if entry.squeezed == squeezed {
                return Some(entry.says);
            }
            let ends = match entry.language.head {
                Head::Last => name.ends_with(&entry.words),
                Head::First => name.starts_with(&entry.words),
            };
            let rest = name.len().saturating_sub(entry.words.len());
            if !ends || rest == 0 || rest > 3 || entry.squeezed.chars().count() < 3 {
                return None;
            }
            let others = match entry.language.head {
                Head::Last => &name[..rest],
                Head::First => &name[entry.words.len()..],
            };
            if others.iter().any(|w| self.modifiers.contains(w)) {
                return None;
            }
            match (entry.says, entry.role) {
                (SAYS, _) => Some(ENDS_SO),
                (_, Role::Timestamp | Role::Amount) => Some(ENDS_MAYBE),
                _ => None,
            }
        };
        let matched = self.entries.iter().filter_map(|entry| {
            points(entry).map(|points| NameMatch {
                role: entry.role,
                points,
                phrase: entry.phrase,
                language: entry.language.name,
            })
        });
        matched.collect()
    }
}

/// The words of a name: camel case and punctuation divide, letters are folded.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|b| chars[b]);
        let next_is_lower = chars.get(at + 1).is_some_and(|n| n.is_lowercase());
        let turns = c.is_uppercase()
            && before.is_some_and(|b| b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && next_is_lower));
        if turns {
            parts.push(String::new());
        }
        if c.is_alphanumeric() || is_joined(*c) {
            if let Some(part) = parts.last_mut() {
                part.push(*c);
            }
        } else {
            parts.push(String::new());
        }
    }
    let folded = parts.iter().map(|part| fold(part, Folding::WORDS).into_owned());
    folded.filter(|word| !word.is_empty()).collect()
}

/// Characters within a word that are no letters: accents written apart, vowel signs, the zero-width joiner.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(name: &str) -> Option<(Role, i32)> {
        Dictionary::new().look_up(name).first().map(|m| (m.role, m.points))
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("InvoiceNo"), ["invoice", "no"]);
        assert_eq!(words("CustomerID"), ["customer", "id"]);
        assert_eq!(words("IDCliente"), ["id", "cliente"]);
        assert_eq!(words("transaction_timestamp"), ["transaction", "timestamp"]);
        assert_eq!(words("Nº Cliente"), ["no", "cliente"]);
        assert_eq!(words(" Order #"), ["order"]);
        assert_eq!(words("كد‌مشتري"), ["کد", "مشتری"]);
        assert_eq!(words("e\u{301}tat"), ["etat"]);
    }

    #[test]
    fn every_language_names_the_roles_of_a_log() {
        for (customer, date, amount, order) in [
            ("Customer ID", "OrderDate", "total_amount", "Invoice No."),
            ("Kundennr.", "Bestelldatum", "Betrag (EUR)", "Rechnungs-Nr"),
            ("N° client", "Date de commande", "Montant TTC", "Numéro de facture"),
            ("Código de cliente", "Fecha de compra", "Importe", "Nº pedido"),
            ("Nº Cliente", "Data da compra", "Valor", "Número do pedido"),
            ("Codice cliente", "Data ordine", "Importo", "Numero fattura"),
            ("Klantnummer", "Besteldatum", "Bedrag", "Ordernummer"),
            ("Müşteri No", "Sipariş Tarihi", "Tutar", "Fiş No"),
            ("کد مشتری", "تاریخ سفارش", "مبلغ (ریال)", "شماره فاکتور"),
            ("كد مشتري", "تاریخ‌سفارش", "مبلغ كل", "شماره سفارش"),
            ("رقم العميل", "تاريخ الطلب", "المبلغ الإجمالي", "رقم الفاتورة"),
        ] {
            let found = [customer, date, amount, order].map(|name| best(name).map(|(role, _)| role));
            let wanted = [Role::CustomerId, Role::Timestamp, Role::Amount, Role::TransactionId].map(Some);
            assert_eq!(found, wanted, "{customer} {date} {amount} {order}");
        }
    }

    #[test]
    fn the_head_of_a_name_decides() {
        let roles = |name: &str| Dictionary::new().look_up(name).iter().map(|m| m.role).collect::<Vec<_>>();
        assert!(!roles("customer type").contains(&Role::CustomerId));
        assert!(!roles("customer_home").contains(&Role::CustomerId));
        assert!(!roles("last_order_date").contains(&Role::Timestamp));
        assert!(!roles("days_since_prior_order").contains(&Role::TransactionId));
        assert!(!roles("store_id").contains(&Role::CustomerId));
        assert!(!roles("shipping amount").contains(&Role::Amount));
        assert_eq!(best("web order date"), Some((Role::Timestamp, ENDS_SO)));
    }

    #[test]
    fn no_name_stands_for_one_role_twice() {
        let dictionary = Dictionary::new();
        let mut seen: Vec<(&str, Role, &[String])> = Vec::new();
        let mut twice = Vec::new();
        for entry in &dictionary.entries {
            assert!(!entry.squeezed.is_empty(), "{}", entry.phrase);
            let known = (entry.language.name, entry.role, entry.words.as_slice());
            if seen.contains(&known) {
                twice.push(known);
            }
            seen.push(known);
        }
        assert!(twice.is_empty(), "{twice:?}");
    }
}
