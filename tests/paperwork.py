"""Receipts as people have them: a PDF of a real writer, and a letter of an operator."""

from functools import lru_cache

import typst

SHOP, SELLER = "7704217370", "7707083893"
RECEIPT = """КАССОВЫЙ ЧЕК
{head}
ООО "ИНТЕРНЕТ РЕШЕНИЯ"
ИНН {inn}
{issued}
1. Чайник электрический
1 X {amount}
{kind}
ИНН поставщика: {seller_inn}
Поставщик: ООО «Ромашка»
ИТОГ: {amount}
ФН {fn}
ФД № {fd}
ФПД {fpd}
{more}
"""
WORDS = {
    "prepayment": ("Приход", "ПРЕДОПЛАТА 100%"),
    "full": ("Приход", "ПОЛНЫЙ РАСЧЕТ"),
    "refund": ("ВОЗВРАТ ПРИХОДА", "ПОЛНЫЙ РАСЧЕТ"),
}


def receipt_text(kind: str, amount: str, issued: str, **more: str) -> str:
    """Write a receipt; every field of it may be said otherwise."""
    head, words = WORDS.get(kind, ("", kind))
    fields = {
        "inn": SHOP,
        "seller_inn": SELLER,
        "fn": "9999078900001234",
        "fd": "63525",
        "fpd": "0540083616",
        "more": "",
        **more,
    }
    return RECEIPT.format(head=head, kind=words, amount=amount, issued=issued, **fields)


@lru_cache
def a_pdf(text: str) -> bytes:
    """Set a text as a PDF, a line for each line."""
    lines = "".join(
        "#" + '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '" \\\n'
        for line in text.splitlines()
        if line
    )
    page = "#set page(width: 80mm, height: auto)\n#set text(size: 9pt)\n"
    return typst.compile((page + lines).encode())
