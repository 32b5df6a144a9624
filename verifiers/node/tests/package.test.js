// The package as npm packs it: its types in a strict program, and no needless files.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = `
import { createServer } from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { Guard, KeyFeed, KeySet, type Refusal, type Verdict } from 'countersign-verifier';
import { countersign } from 'countersign-verifier/express';
import { countersign as plugin } from 'countersign-verifier/fastify';
import { protect } from 'countersign-verifier/http';

const guard = new Guard(new KeyFeed('http://127.0.0.1:1', 't'), { observe: true, onEvent: (event) => event.kind });
new Guard(KeySet.fromFile('keys.json'), { bodyMax: 1, header: 'X-Auth' });
new Guard([{ scheme: 'basic', sign_key: 'k', secret: 's' }]);
createServer(protect(guard, (req, res) => res.end(req.countersign?.verified ? req.countersign.signKey : 'no')));
express().use(countersign(guard)).get('/', (req, res) => void res.json(req.rawBody?.length));
fastify().register(plugin, { guard }).get('/', async (request) => request.countersign?.verified);
export async function ask(): Promise<Refusal | string> {
  const verdict: Verdict = await guard.verify({ method: 'GET', target: '/', headers: [['a', 'b']] });
  return verdict.verified ? verdict.keyName : verdict.refusal;
}
// @ts-expect-error no scheme
new Guard([{ scheme: 'none', sign_key: 'k' }]);
// @ts-expect-error no refusal
export const none: Refusal = 'none';
`;

test('what is packed is typed and complete', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  try {
    const packed = execFileSync('npm', ['pack', '--json', '--silent', '--ignore-scripts=false', '--pack-destination', folder], { cwd: HERE, stdio: ['ignore', 'pipe', 'ignore'] });
    const text = packed.toString();
    const [{ filename, files }] = JSON.parse(text.slice(text.indexOf('[\n')));
    const paths = files.map(({ path }) => path);
    for (const path of ['types/index.d.ts', 'types/fastify.d.ts', 'augment/http.d.ts', 'src/index.js', 'README.md']) {
      assert.ok(paths.includes(path), path);
    }
    assert.ok(paths.every((path) => /^(src|types|augment)\/|^(README\.md|package\.json)$/.test(path)), paths.join());
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'countersign-verifier'), { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', join(modules, 'countersign-verifier'), '--strip-components=1']);
    for (const name of ['express', 'fastify', '@types']) symlinkSync(join(HERE, 'node_modules', name), join(modules, name));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const tsc = join(HERE, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--noEmit', '--module', 'node16', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false'];
    execFileSync(process.execPath, [tsc, ...options, 'program.ts'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
