/** The server's own words are Korean; those who chose English read these, by the same codes. */
export const REASONS: Record<string, [label: string, question: string]> = {
  same_value_birth_conflict: [
    "Same name, other birth year",
    "Number and name agree, but the birth years are far apart: family of one name, or a number that changed hands.",
  ],
  same_value_near_name_birth: [
    "Near name, other birth year",
    "The number agrees, but name and birth year differ. It may be shared at home.",
  ],
  same_value_other_name: [
    "Same number, other name",
    "The number agrees but the names differ: shared at home, or somebody who changed their name.",
  ],
  crowded_value_same_name: [
    "A number of many",
    "Many people wrote down this number, so the same name alone proves nothing.",
  ],
  landline_same_name_birth: ["Same landline", "Landline and name agree, but the birth years don't."],
  merge_undone: ["Merge undone", "These two were merged once and taken apart again."],
  same_name_birth_date: [
    "Same name and date of birth",
    "No common number, but name and date of birth agree. Somebody with a new number, perhaps.",
  ],
  same_name_birth_year_district: [
    "Same name, birth year and district",
    "No common number, but name, birth year and district agree. It could be a neighbour of the same name.",
  ],
  same_value_nameless_many: [
    "Several names on a number",
    "A row without a name, on a number that several people use.",
  ],
  same_value_nameless: ["Row without a name", "The number agrees, but one side has no full name."],
  near_phone_birth: [
    "One digit apart, other birth year",
    "The names agree and the numbers differ by one digit, but the birth years don't agree.",
  ],
  old_prefix_unsure: [
    "Old prefix, now 010",
    "The names agree and so do the last seven digits of an old 01x number.",
  ],
  near_email_same_name: ["E-mail one letter apart", "The names agree and the e-mails differ by one letter."],
  near_kakao_same_name: [
    "Kakao ID one letter apart",
    "The names agree and the Kakao IDs differ by one letter.",
  ],
};

export const GROUPS: Record<string, string> = {
  same_value: "Same number, near name",
  same_person: "Same name and birth",
  nameless: "Rows without a name",
  one_slip: "One digit apart",
};

export const EVIDENCE: Record<string, string> = {
  same_phone: "Same number",
  same_landline: "Same landline",
  near_phone: "Number one digit apart",
  old_prefix: "Old prefix, now 010",
  same_email: "Same e-mail",
  near_email: "E-mail one letter apart",
  same_kakao: "Same Kakao ID",
  near_kakao: "Kakao ID one letter apart",
  same_name: "Same name",
  near_name: "Name one letter apart",
  romanised_name: "Same name in Latin letters",
  other_name: "Other name",
  no_full_name: "One side has no name",
  birth_apart: "Births {years} years apart",
  same_birth_date: "Same date of birth",
  same_birth_year: "Same birth year",
  same_district: "Same district",
};

export const RULES: Record<string, string> = {
  same: "same",
  only: "only one",
  votes: "more rows",
  full_name: "full name",
  fuller: "more precise",
  newer: "more recent",
  check: "please check",
  all: "all kept",
};

export const JOINTS: Record<string, string> = {
  same_value_same_name: "same contact value and name",
  same_value_near_name: "same contact value, name one letter apart",
  same_value_romanised: "same contact value and name in Latin letters",
  landline_same_name: "same landline and name",
  near_phone_same_name: "same name, number one digit apart",
  old_prefix_same_name: "same name, number moved to 010",
  near_id_same_name: "same name, e-mail or Kakao ID one letter apart",
  same_value_nameless: "same contact value, row without a name",
};
