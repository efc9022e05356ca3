//! Dutch column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "Dutch",
    head: Head::Last,
    roles: &[
        (
            Role::CustomerId,
            "klantnummer|klantnr|klant nr|klant id|klantid|klant|klantcode|debiteur|debiteurnummer|debiteurnr|koper|\
             gebruiker|gebruiker id|lidnummer|lid|relatienummer|relatie|rekening|huishouden|donateur",
            "",
        ),
        (Role::Email, "e mailadres|emailadres|mailadres", ""),
        (Role::Phone, "telefoon|telefoonnummer|mobiel|mobiel nummer", ""),
        (Role::CustomerName, "klantnaam|bedrijfsnaam|naam klant|volledige naam", "naam|achternaam"),
        (
            Role::Timestamp,
            "besteldatum|orderdatum|factuurdatum|aankoopdatum|verkoopdatum|transactiedatum|datum bestelling|\
             datum aankoop|bestelmoment",
            "datum|tijdstip|tijdstempel|aangemaakt op|aanmaakdatum|betaaldatum|dag|boekdatum",
        ),
        (
            Role::Amount,
            "bedrag|omzet|totaalbedrag|orderbedrag|factuurbedrag|bestelbedrag|totaal|totaalprijs|orderwaarde|\
             nettobedrag|brutobedrag|verkoopbedrag|besteding|regelbedrag|regeltotaal|bedrag incl btw|bedrag excl btw",
            "waarde|prijs|subtotaal|som|netto",
        ),
        (Role::Quantity, "aantal|hoeveelheid|stuks|aantal stuks", ""),
        (Role::UnitPrice, "stukprijs|eenheidsprijs|prijs|prijs per stuk|verkoopprijs", ""),
        (
            Role::TransactionId,
            "bestelnummer|bestelnr|bestelling|bestelling id|ordernummer|ordernr|order nr|factuurnummer|factuurnr|\
             factuur|bonnummer|bon|transactienummer|transactie id|transactie|kassabon|boekstuknummer",
            "referentie|nummer",
        ),
        (Role::OriginalTransactionId, "oorspronkelijke factuur|oorspronkelijke bestelling|creditnota op", ""),
        (
            Role::ProductId,
            "artikelnummer|artikelnr|artikel|artikelcode|productnummer|productcode|product",
            "omschrijving|productnaam",
        ),
        (Role::ProductName, "productnaam|artikelnaam|omschrijving|artikelomschrijving", ""),
        (Role::Category, "categorie|productgroep|artikelgroep|productcategorie|afdeling", "merk|groep"),
        (Role::Channel, "kanaal|verkoopkanaal|bestelkanaal", "bron|herkomst"),
        (Role::Cost, "kosten|kostprijs|inkoopprijs", ""),
        (Role::Margin, "marge|winst|brutomarge", ""),
        (Role::Discount, "korting|kortingsbedrag", ""),
        (Role::Shipping, "verzendkosten|bezorgkosten|verzending", ""),
        (Role::Refunded, "terugbetaling|terugbetaald bedrag|terugbetaald|retourbedrag", ""),
        (Role::Store, "winkel|filiaal|vestiging|winkelnummer", ""),
        (Role::Currency, "valuta|munteenheid", ""),
        (Role::Status, "orderstatus|bestelstatus|betaalstatus", ""),
        (Role::BirthDate, "geboortedatum", ""),
        (Role::Gender, "geslacht|aanhef", ""),
        (Role::City, "plaats|stad|woonplaats", ""),
        (Role::Region, "regio|provincie", ""),
        (Role::Country, "land|landcode", ""),
        (Role::AcquiredAt, "klant sinds|inschrijfdatum|registratiedatum|aanmelddatum", ""),
        (Role::Touchpoint, "contactmoment|contacttype|gebeurtenis|activiteit|soort contact", "soort|kanaal"),
        (Role::Outcome, "uitkomst|resultaat", ""),
        (Role::Duration, "duur|gespreksduur", ""),
        (Role::Topic, "onderwerp|reden", ""),
        (Role::CampaignId, "campagne|campagne id|campagnecode|campagnenummer", ""),
        (Role::CampaignName, "campagnenaam", ""),
        (Role::Start, "begin|begindatum|startdatum|van", ""),
        (Role::End, "einde|einddatum|tot", ""),
        (Role::CostPerContact, "kosten per contact", ""),
        (Role::Offer, "aanbod|aanbieding", ""),
        (Role::Arm, "groep|testgroep|controlegroep", ""),
        (Role::ContactedAt, "verzenddatum|verzonden op|contactdatum", ""),
        (Role::RespondedAt, "responsdatum|gereageerd op", ""),
        (Role::Score, "cijfer|beoordeling|tevredenheid|aanbeveling", ""),
        (Role::Text, "opmerking|opmerkingen|toelichting|reactie", ""),
    ],
    modifiers: "laatste|eerste|geboorte|lever|levering|verval|korting|btw|gemiddeld|gemiddelde|wijzigings|verwachte",
};
