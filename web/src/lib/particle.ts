/** Korean particles follow the sound before them: 이/가, 을/를, 은/는, 으로/로, 과/와, 이에요/예요. */
export type Particle = "이/가" | "을/를" | "은/는" | "과/와" | "으로/로" | "이에요/예요";

// Digits and Latin letters as Koreans read them aloud: does the reading end in a consonant, and is it ㄹ?
const ENDS_IN_CONSONANT = /[013678lmnr]$/i;
const ENDS_IN_RIEUL = /[178lr]$/i;

export function withParticle(word: string, particle: Particle): string {
  const [closed = "", open = ""] = particle.split("/");
  const bare = word.replace(/[)\]}"'’”\s.]+$/u, "");
  const last = bare.charCodeAt(bare.length - 1);
  let final: boolean;
  let rieul: boolean;
  if (last >= 0xac00 && last <= 0xd7a3) {
    final = (last - 0xac00) % 28 !== 0;
    rieul = (last - 0xac00) % 28 === 8;
  } else {
    final = ENDS_IN_CONSONANT.test(bare);
    rieul = ENDS_IN_RIEUL.test(bare);
  }
  if (particle === "으로/로" && rieul) return word + open;
  return word + (final ? closed : open);
}
