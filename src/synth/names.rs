//! Invented people: names in Latin and Persian spelling, streets and towns.

use super::random::Stream;

/// A name as written in Latin letters and, where the bearer's family writes so, in Persian ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Latin letters.
    pub(super) latin: String,
    /// Persian letters.
    pub(super) persian: Option<String>,
}

impl Spelling {
    fn latin(text: &str) -> Self {
        Self { latin: text.to_owned(), persian: None }
    }

    fn both((latin, persian): (&str, &str)) -> Self {
        Self { latin: latin.to_owned(), persian: Some(persian.to_owned()) }
    }
}

/// Share of people with a Persian name.
const PERSIAN_SHARE: f64 = 0.22;

const FEMALE: [&str; 26] = [
    "Anna", "Berta", "Clara", "Dorothea", "Elisa", "Franka", "Greta", "Hanna", "Ines", "Johanna", "Katrin", "Lena",
    "Marlene", "Nora", "Olivia", "Paula", "Renate", "Sophie", "Tilda", "Ursula", "Vera", "Wiebke", "Yvonne", "Zoë",
    "Käthe", "Jördis",
];

const MALE: [&str; 26] = [
    "Anton", "Bernd", "Carl", "David", "Emil", "Fabian", "Georg", "Hannes", "Ingo", "Jakob", "Konrad", "Leo", "Moritz",
    "Nils", "Oskar", "Paul", "Ralf", "Simon", "Tobias", "Ulrich", "Valentin", "Werner", "Xaver", "Yannick", "Jörg",
    "Günther",
];

const PERSIAN_FEMALE: [(&str, &str); 14] = [
    ("Maryam", "مریم"),
    ("Zahra", "زهرا"),
    ("Leila", "لیلا"),
    ("Shirin", "شیرین"),
    ("Parisa", "پریسا"),
    ("Niloufar", "نیلوفر"),
    ("Mahsa", "مهسا"),
    ("Elham", "الهام"),
    ("Sara", "سارا"),
    ("Nasrin", "نسرین"),
    ("Farideh", "فریده"),
    ("Mina", "مینا"),
    ("Golnaz", "گلناز"),
    ("Azadeh", "آزاده"),
];

const PERSIAN_MALE: [(&str, &str); 14] = [
    ("Ali", "علی"),
    ("Reza", "رضا"),
    ("Hossein", "حسین"),
    ("Mehdi", "مهدی"),
    ("Amir", "امیر"),
    ("Kaveh", "کاوه"),
    ("Babak", "بابک"),
    ("Saeed", "سعید"),
    ("Farhad", "فرهاد"),
    ("Omid", "امید"),
    ("Kourosh", "کوروش"),
    ("Navid", "نوید"),
    ("Bijan", "بیژن"),
    ("Dariush", "داریوش"),
];

const STEMS: [&str; 32] = [
    "Ahren", "Birken", "Dorn", "Eichen", "Falken", "Grau", "Hasel", "Ilmen", "Kalten", "Linden", "Mohr", "Nessel",
    "Oster", "Quell", "Rauten", "Silber", "Tannen", "Ulmen", "Weiden", "Zander", "Brunn", "Feder", "Gersten", "Hohen",
    "Jager", "Kirsch", "Lauen", "Mühl", "Nord", "Pappel", "Röhr", "Stein",
];

const ENDINGS: [&str; 14] =
    ["bach", "berg", "feld", "hain", "hofer", "mann", "mark", "rode", "acker", "tal", "wald", "ner", "ing", "brink"];

const PERSIAN_STEMS: [(&str, &str); 18] = [
    ("Karim", "کریم"),
    ("Rahim", "رحیم"),
    ("Rostam", "رستم"),
    ("Farrokh", "فرخ"),
    ("Bahram", "بهرام"),
    ("Jamshid", "جمشید"),
    ("Nader", "نادر"),
    ("Yazdan", "یزدان"),
    ("Mehr", "مهر"),
    ("Sohrab", "سهراب"),
    ("Keyvan", "کیوان"),
    ("Parviz", "پرویز"),
    ("Dana", "دانا"),
    ("Golshan", "گلشن"),
    ("Kohan", "کهن"),
    ("Shokouh", "شکوه"),
    ("Behrouz", "بهروز"),
    ("Naseri", "ناصری"),
];

const PERSIAN_ENDINGS: [(&str, &str); 6] =
    [("i", "ی"), ("zadeh", "زاده"), ("pour", "پور"), ("nia", "نیا"), ("far", "فر"), ("ian", "یان")];

const STREETS: [&str; 16] = [
    "Lindenweg",
    "Am Markt",
    "Bahnhofstraße",
    "Gartenstraße",
    "Mühlgasse",
    "Ringstraße",
    "Schulweg",
    "Wiesengrund",
    "Bergstraße",
    "Kastanienallee",
    "Rosenweg",
    "Uferstraße",
    "Neue Gasse",
    "Kirchplatz",
    "Feldweg",
    "Hafenstraße",
];

/// A town with its region, country code, first digits of the postal code and share of the customers.
pub(super) struct Town {
    /// Name.
    pub(super) name: &'static str,
    /// Federal state.
    pub(super) region: &'static str,
    /// ISO country code.
    pub(super) country: &'static str,
    postal: &'static str,
}

const fn town(name: &'static str, region: &'static str, country: &'static str, postal: &'static str) -> Town {
    Town { name, region, country, postal }
}

/// The towns; each has one store.
pub(super) const TOWNS: [Town; 12] = [
    town("Berlin", "Berlin", "DE", "10"),
    town("Hamburg", "Hamburg", "DE", "20"),
    town("München", "Bayern", "DE", "80"),
    town("Köln", "Nordrhein-Westfalen", "DE", "50"),
    town("Frankfurt am Main", "Hessen", "DE", "60"),
    town("Stuttgart", "Baden-Württemberg", "DE", "70"),
    town("Leipzig", "Sachsen", "DE", "04"),
    town("Dresden", "Sachsen", "DE", "01"),
    town("Wien", "Wien", "AT", "1"),
    town("Graz", "Steiermark", "AT", "8"),
    town("Linz", "Oberösterreich", "AT", "4"),
    town("Salzburg", "Salzburg", "AT", "5"),
];

/// Share of the customers of each town.
pub(super) const TOWN_SHARES: [f64; 12] = [0.19, 0.12, 0.11, 0.09, 0.08, 0.07, 0.07, 0.06, 0.11, 0.04, 0.03, 0.03];

/// Which given names suit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// Women's names.
    Female,
    /// Men's names.
    Male,
}

/// Draws a given name and a family name.
pub(super) fn full_name(given: Given, stream: &mut Stream) -> (Spelling, Spelling) {
    if stream.chance(PERSIAN_SHARE) {
        let names = if given == Given::Female { &PERSIAN_FEMALE } else { &PERSIAN_MALE };
        return (Spelling::both(*stream.pick(names)), persian_family(stream));
    }
    let names = if given == Given::Female { &FEMALE } else { &MALE };
    (Spelling::latin(stream.pick::<&str>(names)), latin_family(stream))
}

/// Draws a family name of the same tradition as another, as one takes on marriage.
pub(super) fn other_family(like: &Spelling, stream: &mut Stream) -> Spelling {
    loop {
        let other = if like.persian.is_some() { persian_family(stream) } else { latin_family(stream) };
        if other != *like {
            return other;
        }
    }
}

fn latin_family(stream: &mut Stream) -> Spelling {
    let stem = stream.pick(&STEMS);
    Spelling { latin: format!("{stem}{}", stream.pick(&ENDINGS)), persian: None }
}

fn persian_family(stream: &mut Stream) -> Spelling {
    let (latin, persian) = stream.pick(&PERSIAN_STEMS);
    let (latin_end, persian_end) = stream.pick(&PERSIAN_ENDINGS);
    Spelling { latin: format!("{latin}{latin_end}"), persian: Some(format!("{persian}{persian_end}")) }
}

/// Draws a street with a house number.
pub(super) fn street(stream: &mut Stream) -> String {
    format!("{} {}", stream.pick(&STREETS), 1 + stream.below(140))
}

/// Draws a postal code of a town.
pub(super) fn postal_code(town: usize, stream: &mut Stream) -> String {
    let Town { postal, country, .. } = TOWNS[town];
    let digits = if country == "DE" { 5 } else { 4 } - postal.len();
    let rest = stream.below(10_u64.pow(digits as u32));
    format!("{postal}{rest:0digits$}")
}

/// Draws a mobile number in international form.
pub(super) fn phone(town: usize, stream: &mut Stream) -> String {
    let (prefix, digits) = if TOWNS[town].country == "DE" { ("+49151", 8) } else { ("+43664", 7) };
    let rest = 10_u64.pow(digits - 1) + stream.below(9 * 10_u64.pow(digits - 1));
    format!("{prefix}{rest}")
}

/// Lower-case ASCII letters of a name, for an e-mail address.
pub(super) fn ascii(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'ë' => out.push('e'),
            letter if letter.is_ascii_lowercase() => out.push(letter),
            _ => {}
        }
    }
    out
}
