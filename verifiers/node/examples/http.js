// A plain server that only the gateway reaches: PORT=8080 node http.js

import { createServer } from 'node:http';

import { protect } from 'countersign-verifier/http';

import { guard } from './keys.js';

const server = createServer(
  protect(guard, (req, res) => {
    // The stream gives the body as well.
    const order = JSON.parse(req.rawBody.toString());
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ order, signed_by: req.countersign.signKey }));
  }),
);

server.listen(process.env.PORT ?? 8080, '127.0.0.1', () => console.log(`port ${server.address().port}`));
