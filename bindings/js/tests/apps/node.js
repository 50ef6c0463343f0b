import {shop} from './shop.js';

const {DUOMO_TEST_MODELS: models} = process.env;
process.stdout.write(await shop(() => `${models}/shop.duomo`));
