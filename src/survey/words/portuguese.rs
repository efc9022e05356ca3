//! Portuguese column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "Portuguese",
    head: Head::First,
    roles: &[
        (
            Role::CustomerId,
            "cliente|id cliente|id do cliente|número do cliente|numero cliente|n cliente|nº cliente|código cliente|\
             código do cliente|cod cliente|comprador|conta|usuário|utilizador|id usuário|sócio|cpf|cnpj|nif",
            "identificador",
        ),
        (Role::Email, "correio eletrónico|email cliente|e mail do cliente|endereço de email", ""),
        (Role::Phone, "telefone|celular|telemóvel|número de telefone", ""),
        (Role::CustomerName, "nome cliente|nome do cliente|razão social|nome completo|empresa", "nome"),
        (
            Role::Timestamp,
            "data pedido|data do pedido|data encomenda|data da encomenda|data fatura|data da fatura|data compra|\
             data da compra|data venda|data da venda|data transação|data da transação|data de compra|data nota fiscal",
            "data|data hora|data e hora|data criação|data de criação|criado em|data pagamento|data do pagamento|dia",
        ),
        (
            Role::Amount,
            "valor|valor total|montante|total pedido|total do pedido|valor pedido|valor do pedido|valor da compra|\
             valor compra|valor da venda|vendas|venda|receita|faturamento|faturação|preço total|valor pago|\
             total pago|valor líquido|valor bruto|gasto",
            "preço|subtotal|soma|líquido",
        ),
        (Role::Quantity, "quantidade|qtd|qtde|unidades|peças|número de itens", ""),
        (Role::UnitPrice, "preço unitário|valor unitário|preço|preço por unidade|preço de venda", ""),
        (
            Role::TransactionId,
            "pedido|número do pedido|numero pedido|n pedido|id pedido|id do pedido|encomenda|número da encomenda|\
             id encomenda|fatura|número da fatura|n fatura|id fatura|nota fiscal|número nota fiscal|nf|cupom|\
             id transação|id compra|id venda|recibo",
            "referência|número",
        ),
        (Role::OriginalTransactionId, "fatura original|pedido original", ""),
        (
            Role::ProductId,
            "produto|código produto|código do produto|id produto|cod produto|artigo|código artigo|item|código item|\
             referência produto",
            "descrição|nome produto",
        ),
        (Role::ProductName, "nome produto|nome do produto|descrição|descrição produto|descrição do produto", ""),
        (Role::Category, "categoria|categoria produto|família|linha|departamento|secção|seção", "marca|grupo"),
        (Role::Channel, "canal|canal de venda|canal venda", "origem|fonte"),
        (Role::Cost, "custo|preço de custo|custo unitário", ""),
        (Role::Margin, "margem|lucro", ""),
        (Role::Discount, "desconto|valor desconto|valor do desconto", ""),
        (Role::Shipping, "frete|portes|envio|valor frete|valor do frete|custo de envio", ""),
        (Role::Refunded, "reembolso|valor reembolsado|estorno|devolução", ""),
        (Role::Store, "loja|filial|código loja", ""),
        (Role::Currency, "moeda", ""),
        (
            Role::Status,
            "estado do pedido|situação|status pedido|status do pedido|estado da encomenda|status pagamento",
            "estado",
        ),
        (Role::BirthDate, "data de nascimento|data nascimento|nascimento", ""),
        (Role::Gender, "sexo|gênero", ""),
        (Role::City, "cidade|município|localidade", ""),
        (Role::Region, "região|estado|uf|distrito", ""),
        (Role::Country, "país", ""),
        (Role::AcquiredAt, "data de cadastro|data cadastro|cliente desde|data de registo|data de registro", ""),
        (
            Role::Touchpoint,
            "ponto de contato|ponto de contacto|evento|tipo de contato|tipo de contacto|atividade|interação",
            "tipo|canal",
        ),
        (Role::Outcome, "resultado", ""),
        (Role::Duration, "duração", ""),
        (Role::Topic, "assunto|motivo|tema", ""),
        (Role::CampaignId, "campanha|id campanha|código campanha", ""),
        (Role::CampaignName, "nome campanha|nome da campanha", ""),
        (Role::Start, "início|data início|data de início", ""),
        (Role::End, "fim|data fim|data de fim", ""),
        (Role::CostPerContact, "custo por contato|custo por contacto", ""),
        (Role::Offer, "oferta", ""),
        (Role::Arm, "grupo|grupo de controle|grupo controle", ""),
        (Role::ContactedAt, "data envio|data de envio|enviado em|data contato", ""),
        (Role::RespondedAt, "data resposta|data da resposta", ""),
        (Role::Score, "pontuação|nota|avaliação|satisfação", ""),
        (Role::Text, "comentário|comentários|observação|observações", ""),
    ],
    modifiers: "última|último|primeira|primeiro|nascimento|entrega|vencimento|envio|desconto|imposto|iva|médio|frete|\
        cadastro|registo|alteração|prevista|unitário|reembolso",
};
