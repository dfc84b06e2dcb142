/** Observable Plot and the charts, loaded when the first one is drawn. */
export { cdfChart, survivalChart } from '../report/charts/distribution.js';
export { meanChart, meanErrorChart } from '../report/charts/mean.js';
export { residualChart } from '../report/charts/residuals.js';
export { distributionFigure, siteFigures } from '../report/charts/site-figures.js';
