// Keys from a file (COUNTERSIGN_KEYS=keys.json) or from the gateway's feed
// (COUNTERSIGN_FEED=https://gateway.example:9443 COUNTERSIGN_TOKEN=...).

import { Guard, KeyFeed, KeySet } from 'countersign-verifier';

const { COUNTERSIGN_KEYS, COUNTERSIGN_FEED, COUNTERSIGN_TOKEN } = process.env;

export const guard = new Guard(
  COUNTERSIGN_KEYS ? KeySet.fromFile(COUNTERSIGN_KEYS) : new KeyFeed(COUNTERSIGN_FEED, COUNTERSIGN_TOKEN),
);
