// An Express application that only the gateway reaches: PORT=8080 node express.js

import { countersign } from 'countersign-verifier/express';
import express from 'express';

import { guard } from './keys.js';

const app = express();
// Before everything that reads the body.
app.use(countersign(guard));
app.use(express.json());

app.post('/v1/orders', (req, res) => {
  res.json({ order: req.body, signed_by: req.countersign.signKey });
});

const server = app.listen(process.env.PORT ?? 8080, '127.0.0.1', () => console.log(`port ${server.address().port}`));
