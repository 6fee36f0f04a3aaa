/** English, fetched only by those who choose it. The type makes a missing or surplus key an error. */
import { campaigns } from "./en/campaigns";
import { composer } from "./en/composer";
import { contacts } from "./en/contacts";
import { duplicates, importUndo, lineage } from "./en/duplicates";
import { imports } from "./en/imports";
import { monitor } from "./en/monitor";
import { invite, login, overview, phones, settings, setup } from "./en/pages";
import { server } from "./en/server";
import { command, common, errors, keys, shell, states } from "./en/shell";
import type { Messages } from "./index";

const en: Messages = {
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

export default en;
