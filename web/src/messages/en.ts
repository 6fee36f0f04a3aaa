import type { Messages } from ".";
import ko from "./ko";

const en: Messages = ko;
export default en;
