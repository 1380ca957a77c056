"""Checksums of numbers that are given to people; what fails one was mistyped, or is another kind of number."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
#: The first two digits of GB/T 2260, by province.
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def is_id_number(number: str) -> bool:
    """Tell whether 18 signs are a citizen's number of GB 11643-1999: province, a day of birth, ISO 7064 MOD 11-2."""
    digits = number[:17]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()) or not has_place_and_birthday(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECKS[total % 11] == number[17].upper()


def has_place_and_birthday(number: str) -> bool:
    """Tell whether a number of 18 signs begins with a province and holds a day there was."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _PROVINCES.match(number) is not None


def is_card_number(digits: str) -> bool:
    """Tell whether digits are of a card: issuer and length of ISO/IEC 7812, and the check digit of Luhn."""
    return has_issuer(digits) and luhn(digits)


def has_issuer(digits: str) -> bool:
    """Tell whether digits begin as cards of this length do: UnionPay, Visa, Mastercard, Amex, JCB, Diners, Discover."""
    length = len(digits)
    if digits.startswith(("62", "9558")):  # 9558: cards of ICBC from before UnionPay's numbers
        return 16 <= length <= 19
    if length == 16:
        return digits[0] == "4" or 51 <= int(digits[:2]) <= 55 or digits.startswith(("35", "6011", "65"))
    return (length == 15 and digits.startswith(("34", "37"))) or (length == 19 and digits[0] == "4")


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of Luhn (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
