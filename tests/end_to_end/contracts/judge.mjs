// Judges contracts by the validators of those who made the formats. From standard input to standard
// output: {openapi, asyncapi, schemas} to the errors in each; {openapi, cases: [{pointer, value}]} to
// a list that says of each value whether it is one of the schema there.
import asyncApiSpecs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';

const { openapi, asyncapi, schemas, cases } = JSON.parse(readFileSync(0, 'utf8'));

/** @param {object} options */
function schemaJudge(options) {
  const ajv = addFormats(new Ajv2020(options));
  return ajv.addVocabulary(['x-decimal-places']).addFormat('decimal', true);
}

async function openApiErrors() {
  const { valid, errors } = await new Validator().validate(structuredClone(openapi));
  return valid ? [] : [errors].flat();
}

function asyncApiErrors() {
  const ajv = addFormats(new Ajv({ strict: false }));
  const validate = ajv.compile(asyncApiSpecs.schemasWithoutId[asyncapi.asyncapi]);
  return validate(asyncapi) ? [] : validate.errors;
}

function schemaErrors() {
  // A keyword or a format that is not known is an error.
  const ajv = schemaJudge({ strictTypes: false, discriminator: true });
  return Object.entries(schemas.$defs).flatMap(([name, schema]) => {
    try {
      ajv.compile({ ...schema, $defs: schemas.$defs });
      return [];
    } catch (error) {
      return [`${name}: ${error.message}`];
    }
  });
}

function verdicts() {
  const ajv = schemaJudge({ strict: false }).addSchema(openapi, 'openapi');
  return cases.map(({ pointer, value }) => ajv.validate({ $ref: `openapi${pointer}` }, value));
}

const judged = cases
  ? verdicts()
  : { openapi: await openApiErrors(), asyncapi: asyncApiErrors(), schemas: schemaErrors() };
console.log(JSON.stringify(judged));
