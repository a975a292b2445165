import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

/** zod with `.openapi(name)`: it names the component that a schema becomes in the API's document. */
extendZodWithOpenApi(z);

export { z };
