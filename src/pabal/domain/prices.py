"""What a message costs, as an example: carriers agree on prices with each customer.

Nominal list prices in won without VAT, put together on the date below; shown everywhere as 예시. The real
price is what the carrier charges.
"""

from collections.abc import Mapping

AS_OF = "2026-11-01"
NOTE_KO = "예시 단가예요. 실제 요금은 발송사와의 계약에 따라 달라요."

EXAMPLE_WON: Mapping[str, int] = {"sms": 18, "lms": 45, "mms": 110, "alimtalk": 13, "brand": 20}


def example_price(channel: str) -> int:
    """Won for one message; an unknown channel costs as much as the dearest."""
    return EXAMPLE_WON.get(channel, max(EXAMPLE_WON.values()))
