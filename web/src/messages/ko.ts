/** Korean: the language of the house. Every visible word is in here and in its sisters, none in the screens. */
import { campaigns } from "./ko/campaigns";
import { composer } from "./ko/composer";
import { contacts } from "./ko/contacts";
import { duplicates, importUndo, lineage } from "./ko/duplicates";
import { imports } from "./ko/imports";
import { monitor } from "./ko/monitor";
import { invite, login, overview, phones, settings, setup } from "./ko/pages";
import { server } from "./ko/server";
import { command, common, errors, keys, shell, states } from "./ko/shell";

const ko = {
  common,
  shell,
  states,
  errors,
  command,
  keys,
  contacts,
  duplicates,
  lineage,
  importUndo,
  imports,
  campaigns,
  composer,
  monitor,
  login,
  invite,
  overview,
  phones,
  settings,
  setup,
  server,
};

export default ko;
