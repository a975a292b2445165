import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

/** zod with `.openapi(name)`: it names the component that a schema becomes. Schemas of other rooms get it through `.meta()`, a clone. */
extendZodWithOpenApi(z);

export { z };
