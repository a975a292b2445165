import type { OpenApiGeneratorV3 } from '@asteasolutions/zod-to-openapi';

/** The parts of an OpenAPI 3.0 document, as the generator types them. */
export type Document = ReturnType<OpenApiGeneratorV3['generateDocument']>;
export type Components = NonNullable<Document['components']>;
export type Paths = Document['paths'];
export type PathItem = Paths[string];
export type OperationObject = NonNullable<PathItem['get']>;
export type Parameter = NonNullable<OperationObject['parameters']>[number];
export type RequestBody = NonNullable<OperationObject['requestBody']>;
export type Response = NonNullable<Components['responses']>[string];
export type Schema = NonNullable<Components['schemas']>[string];
export type Header = NonNullable<Components['headers']>[string];
export type Example = NonNullable<Components['examples']>[string];
export type SecurityScheme = NonNullable<Components['securitySchemes']>[string];
export interface Reference {
  $ref: string;
}
