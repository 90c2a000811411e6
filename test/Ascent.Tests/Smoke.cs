namespace Ascent.Tests;
