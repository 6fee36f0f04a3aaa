"""NHN Cloud SMS v3.0 and KakaoTalk Bizmessage AlimTalk v2.3, as their public guides describe them."""
