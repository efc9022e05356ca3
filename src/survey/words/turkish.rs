//! Turkish column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "Turkish",
    head: Head::Last,
    roles: &[
        (
            Role::CustomerId,
            "müşteri|müşteri no|müşteri numarası|müşteri kodu|müşteri id|cari kodu|cari|cari no|üye|üye no|üye id|\
             kullanıcı|kullanıcı id|alıcı|hesap|hesap no|abone|abone no|hasta no|bağışçı",
            "",
        ),
        (Role::Email, "e posta|eposta|e posta adresi|mail adresi", ""),
        (Role::Phone, "telefon|telefon numarası|cep telefonu|gsm|cep", ""),
        (Role::CustomerName, "müşteri adı|ad soyad|adı soyadı|unvan|cari adı|firma|firma adı", "ad|soyad"),
        (
            Role::Timestamp,
            "sipariş tarihi|fatura tarihi|satış tarihi|alışveriş tarihi|işlem tarihi|satın alma tarihi|fiş tarihi|\
             sipariş zamanı",
            "tarih|tarih saat|zaman|oluşturma tarihi|oluşturulma tarihi|ödeme tarihi|kayıt zamanı|gün",
        ),
        (
            Role::Amount,
            "tutar|toplam tutar|sipariş tutarı|fatura tutarı|satış tutarı|toplam|genel toplam|ciro|toplam fiyat|\
             ödenen tutar|net tutar|brüt tutar|satır tutarı|sipariş toplamı|harcama|satış|işlem tutarı|\
             alışveriş tutarı",
            "fiyat|değer|ara toplam|bedel",
        ),
        (Role::Quantity, "adet|miktar|ürün adedi|satış adedi|sipariş adedi|satış miktarı", "sayı"),
        (Role::UnitPrice, "birim fiyat|birim fiyatı|fiyat|satış fiyatı|adet fiyatı|ürün fiyatı", "liste fiyatı"),
        (
            Role::TransactionId,
            "sipariş|sipariş no|sipariş numarası|sipariş id|sipariş kodu|fatura no|fatura numarası|fatura|fiş no|\
             fiş numarası|fiş|işlem no|işlem numarası|işlem id|satış no|satış id|belge no|sepet id",
            "referans|numara",
        ),
        (Role::OriginalTransactionId, "iade edilen sipariş|asıl fatura no|iade fatura no", ""),
        (
            Role::ProductId,
            "ürün|ürün kodu|ürün no|ürün id|stok kodu|barkod|malzeme kodu|stok no",
            "ürün adı|açıklama|stok adı",
        ),
        (Role::ProductName, "ürün adı|stok adı|malzeme adı|açıklama|ürün ismi", ""),
        (Role::Category, "kategori|ürün kategorisi|ürün grubu|reyon|departman|ana kategori", "marka|grup"),
        (Role::Channel, "kanal|satış kanalı|sipariş kanalı", "kaynak"),
        (Role::Cost, "maliyet|alış fiyatı|birim maliyet", ""),
        (Role::Margin, "kâr|brüt kar|marj", ""),
        (Role::Discount, "indirim|iskonto|indirim tutarı|iskonto tutarı", ""),
        (Role::Shipping, "kargo|kargo ücreti|kargo tutarı|nakliye", ""),
        (Role::Refunded, "iade tutarı|iade edilen tutar|iade", ""),
        (Role::Store, "mağaza|mağaza kodu|şube|mağaza no|şube kodu|bayi", ""),
        (Role::Currency, "para birimi|döviz|döviz cinsi|kur", ""),
        (Role::Status, "durum|sipariş durumu|ödeme durumu|fatura durumu", ""),
        (Role::BirthDate, "doğum tarihi|doğum günü", ""),
        (Role::Gender, "cinsiyet", ""),
        (Role::City, "şehir|il", "ilçe"),
        (Role::Region, "bölge", ""),
        (Role::Country, "ülke|ülke kodu", ""),
        (Role::AcquiredAt, "kayıt tarihi|üyelik tarihi", ""),
        (Role::Touchpoint, "temas noktası|olay|etkinlik|temas türü|görüşme türü|aktivite", "tür|kanal"),
        (Role::Outcome, "sonuç|görüşme sonucu", ""),
        (Role::Duration, "süre|görüşme süresi", ""),
        (Role::Topic, "konu|sebep", ""),
        (Role::CampaignId, "kampanya|kampanya no|kampanya kodu|kampanya id", ""),
        (Role::CampaignName, "kampanya adı", ""),
        (Role::Start, "başlangıç|başlangıç tarihi", ""),
        (Role::End, "bitiş|bitiş tarihi", ""),
        (Role::CostPerContact, "temas maliyeti|kişi başı maliyet", ""),
        (Role::Offer, "teklif", ""),
        (Role::Arm, "grup|kontrol grubu|test grubu", ""),
        (Role::ContactedAt, "gönderim tarihi|gönderme tarihi|temas tarihi", ""),
        (Role::RespondedAt, "yanıt tarihi|cevap tarihi", ""),
        (Role::Score, "puan|memnuniyet|tavsiye puanı|değerlendirme", ""),
        (Role::Text, "yorum|yorumlar|görüş|not", ""),
    ],
    modifiers: "son|ilk|doğum|teslim|teslimat|vade|kargo|kdv|vergi|ortalama|üyelik|güncelleme|iade|indirim|tahmini",
};
