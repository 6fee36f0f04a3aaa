"""NHN Cloud: SMS v3.0 and KakaoTalk Bizmessage (AlimTalk v2.3). Two products, two app keys, two code tables."""

from pabal.channels.nhn.alimtalk import NhnAlimtalk
from pabal.channels.nhn.sms import NhnSms
from pabal.channels.nhn.templates import NhnTemplates

__all__ = ["NhnAlimtalk", "NhnSms", "NhnTemplates"]
