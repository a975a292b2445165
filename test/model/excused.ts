const shows = 'shows what the caller’s own decision gives, no more; the leak matrix asks it';
const lends = 'a credential that shows at most what its holder sees at the time; the leak matrix asks it';
const own = 'concerns the caller’s own account or session only, and gives no right';
const narrows = 'only takes away';

/** Writing operations that no deed of the model stands for, each with its reason. */
export const excused: Record<string, string> = {
  createItem: 'an owner’s steward edits what the own organisation sees whole',
  replaceItem: 'an owner’s steward edits what the own organisation sees whole',
  updateItem: 'an owner’s steward edits what the own organisation sees whole',
  deleteItem: narrows,
  analyse: shows,
  verify: shows,
  signTiles: lends,
  createEmbed: lends,
  revokeEmbed: narrows,
  createDraft: 'a file of the caller’s own',
  deleteDraft: narrows,
  signIn: 'done for every account in hand, in every state',
  signOut: own,
  giveCode: own,
  changePassword: own,
  endOtherSessions: own,
  offerFactor: own,
  removeFactor: own,
  unlockAccount: 'opens no account without its password',
  registerCertificate: 'as a key of every layer, for a certificate whose private key the caller has',
  revokeCertificate: narrows,
  handOverCertificate: lends,
  acceptCertificate: lends,
  handOverEmbed: lends,
  acceptEmbed: lends,
  revokeSignedTiles: narrows,
  declineAccountChange: narrows,
  changeRequest: 'changes the own request before it is decided; what is given is the decision’s',
  declareUpdate: 'sets when the layer was said to be up to date, not what is seen of it',
  askExtension: 'sets how long an answer may take, not what is seen',
  answerExtension: 'sets how long an answer may take, not what is seen',
  openPreview: 'shows the own organisation’s layers as somebody else sees them: a part of what is seen',
  confirmWithheld: narrows,
};
