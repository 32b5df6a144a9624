// A Fastify application that only the gateway reaches: PORT=8080 node fastify.js

import { countersign } from 'countersign-verifier/fastify';
import fastify from 'fastify';

import { guard } from './keys.js';

const app = fastify();
app.register(countersign, { guard });

app.post('/v1/orders', async (request) => ({ order: request.body, signed_by: request.countersign.signKey }));

await app.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' });
console.log(`port ${app.server.address().port}`);
