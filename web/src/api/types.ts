/** Short names for the shapes of the API. Every one is generated from the server's own description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["MeOut"];
export type Tenant = Schemas["TenantOut"];
export type Role = Tenant["role"];
export type Quota = Schemas["QuotaOut"];
export type QuotaMonth = Schemas["QuotaMonthOut"];
export type QuotaSend = Schemas["QuotaSendOut"];
export type QuotaEntry = Schemas["QuotaEntryOut"];
export type Contact = Schemas["ContactOut"];
export type ContactPage = Schemas["ContactList"];
export type Tag = Schemas["TagOut"];
export type Consent = Schemas["ConsentOut"];
/** What a card's data was collected for. */
export type Told = Schemas["ContactOut"]["purposes"][number];
export type Import = Schemas["ImportOut"];
export type ImportDetail = Schemas["ImportDetailOut"];
export type ImportColumn = Schemas["ColumnOut"];
export type Uploaded = Schemas["UploadOut"];
export type DraftChange = Schemas["DraftIn"];
export type PreviewRow = Schemas["PreviewRowOut"];
export type PreviewCell = Schemas["CellOut"];
export type Forecast = Schemas["ForecastOut"];
export type ImportReport = Schemas["SummaryOut"];
export type RecentRow = Schemas["RecentRowOut"];
export type RejectedRow = Schemas["RejectedRowOut"];
export type ImportStart = Schemas["StartIn"];
export type Pair = Schemas["PairOut"];
export type PairField = Schemas["PairFieldOut"];
export type PairSide = Schemas["PairSideOut"];
export type LineageEntry = Schemas["LineageEntryOut"];
export type ImportUndo = Schemas["UndoOut"];
export type Campaign = Schemas["CampaignOut"];
export type CampaignStep = Schemas["StepModel"];
export type TestSend = Schemas["TestOut"];
export type Template = Schemas["TemplateOut"];
export type TemplateVersion = Schemas["VersionOut"];
export type MessageClass = Campaign["messageClass"];
/** The server always says every state; its description can't tell a default from a gap. */
export type Counts = Required<Schemas["Counts"]>;
export type MessageState = keyof Counts;
export type Progress = Omit<Schemas["ProgressOut"], "counts"> & { counts: Counts };
export type Check = Schemas["CheckOut"];
export type Verdict = Schemas["VerdictOut"];
export type CampaignMessage = Schemas["MessageOut"];
export type Message = Schemas["MessageDetailOut"];
export type UncertainSend = Schemas["UncertainSendOut"];
export type UncertainGroup = Schemas["UncertainGroupOut"];
export type Resolution = Schemas["Decision"];
export type Incident = Schemas["IncidentOut"];
export type SendBooks = Schemas["ReconciliationOut"];
export type AllBooks = Schemas["AgeingOut"];
export type ListedSend = Schemas["ListedSendOut"];
export type OpenRows = Schemas["OpenRowsOut"];
export type Lane = Schemas["LaneOut"];
export type LaneStep = Schemas["LaneStepOut"];
export type Health = Schemas["HealthOut"];
export type Sender = Schemas["SenderOut"];
export type AccountState = Schemas["AccountStateOut"];
export type Prices = Schemas["PricesOut"];
export type Price = Schemas["PriceOut"];
export type PriceLine = Schemas["PriceLineOut"];
export type CarrierAccount = Schemas["AccountOut"];
export type Setup = Schemas["SetupOut"];
export type StepKey = Schemas["StepOut"]["step"];
export type StepState = Schemas["StepOut"]["state"];
export type Paper = Schemas["PaperOut"];
export type Handset = Schemas["HandsetOut"];
export type Member = Schemas["MemberOut"];
export type Invitation = Schemas["InvitationOut"];

/** What the event stream says; its payload is not part of the generated types. */
export interface Changed {
  topic: string;
  id: string;
}
export type Partition = Schemas["PartitionOut"];
export type PartitionField = Partition["fields"][number];
export type DataRecord = Schemas["RecordOut"];
export type RecordChange = Schemas["RecordChangeOut"];
export type TemplateLink = Schemas["TemplateLinkOut"];
export type TemplateLinkIn = Schemas["TemplateLinkIn"];
export type AutomationLog = Schemas["AutomationLogOut"];
export type QueuedRepeat = Schemas["AutomationQueueOut"];
export type RecordImport = Schemas["RecordImportOut"];
