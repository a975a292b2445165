#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Settings of the environment win over those of the file.
if (existsSync('.env')) process.loadEnvFile('.env');
await import('../dist/cli/main.js');
